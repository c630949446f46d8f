import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadConfig } from '../../../config/load.ts';
import type { DeploymentInput } from '../../../config/schema.ts';
import { toDeployed } from '../../../services/app/inventory.ts';
import { createLiveConfig } from '../../../services/app/live-config.ts';
import { deploymentFolder } from '../../support/deployment-folder.ts';
import { createManualClock } from '../../support/manual-clock.ts';

function edit(dir: string, change: (deployment: DeploymentInput) => DeploymentInput): void {
  const file = join(dir, 'deployment.json');
  writeFileSync(
    file,
    JSON.stringify(change(JSON.parse(readFileSync(file, 'utf8')) as DeploymentInput)),
  );
}

test('of what is read again, places and measures are taken over, settings and secrets are not', () => {
  const dir = deploymentFolder(10, { access: { token: { secret: 'TOKEN' } } });
  const read = (token: string) => () =>
    toDeployed(loadConfig(dir, new Set(['bosch-tps110']), { TOKEN: token }));
  const live = createLiveConfig(read('first')(), createManualClock());
  const before = live.publicInventory();

  edit(dir, (deployment) => ({
    ...deployment,
    name: 'Elsewhere',
    municipalities: deployment.municipalities.map((town) => ({ ...town, name: 'New Town' })),
  }));
  const measure = { id: 'm', title: 'A measure', from: '2026-03-02' };
  writeFileSync(join(dir, 'measures.json'), JSON.stringify([measure]));
  expect(live.reload(read('second'))).toBe(true);

  expect(live.inventory().municipalities.map(({ name }) => name)).toEqual(['New Town']);
  expect(live.publicInventory()).not.toBe(before);
  const { deployment, measures, secrets } = live.config();
  expect(measures.map(({ id }) => id)).toEqual(['m']);
  expect(deployment.name).toBe('Testtown');
  expect(deployment.municipalities.map(({ name }) => name)).toEqual(['New Town']);
  expect(secrets.get('TOKEN')).toBe('first');
});

test('what cannot be read leaves everything in force, and is told', () => {
  const dir = deploymentFolder(10);
  const read = () => toDeployed(loadConfig(dir, new Set(['bosch-tps110']), {}));
  const live = createLiveConfig(read(), createManualClock());
  const [config, inventory] = [live.config(), live.inventory()];
  writeFileSync(join(dir, 'measures.json'), '[');
  expect(live.reload(read)).toBe(false);
  expect(live.problem()).toContain('measures.json');
  expect(live.config()).toBe(config);
  expect(live.inventory()).toBe(inventory);
  writeFileSync(join(dir, 'measures.json'), '[]');
  expect(live.reload(read)).toBe(true);
  expect(live.problem()).toBeNull();
});
