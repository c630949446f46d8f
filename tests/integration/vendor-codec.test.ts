import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ConfigError } from '../../config/mistakes.ts';
import { loadDeployment } from '../../services/app/models.ts';
import { deploymentFolder } from '../support/deployment-folder.ts';

const codec = `function decodeUplink(input) {
  return { data: { car: input.bytes[0] === 1 ? 'yes' : 'no' } };
}`;
const mapping = {
  vendor: 'Example',
  name: 'Sensor of tomorrow',
  watches: 'space',
  heartbeatS: 3600,
  source: 'written for this test',
  ports: {
    2: {
      bytes: [1],
      reading: { kind: 'status', occupied: { from: 'car', yes: ['yes'], no: ['no'] } },
    },
  },
  examples: [
    { name: 'occupied', fPort: 2, hex: '01', reading: { kind: 'status', occupied: true } },
  ],
};

/** A deployment of ten spaces with a codec for one more model. */
function folderWithCodec(model: string, change: object = {}): string {
  const dir = deploymentFolder(10);
  mkdirSync(join(dir, 'codecs'));
  writeFileSync(join(dir, 'codecs', `${model}.js`), codec);
  writeFileSync(
    join(dir, 'codecs', `${model}.mapping.json`),
    JSON.stringify({ ...mapping, ...change }),
  );
  return dir;
}

const mistakesOf = async (dir: string): Promise<readonly string[]> => {
  try {
    await loadDeployment(dir, {});
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.mistakes.map(({ file, where, reason }) => `${file}: ${where}: ${reason}`);
  }
};

test('a deployment brings a device model of its own, without a new release', async () => {
  const { findDecoder } = await loadDeployment(folderWithCodec('example-tomorrow'), {});
  expect(findDecoder('example-tomorrow')?.decode(2, Uint8Array.of(1))).toEqual({
    ok: true,
    value: { kind: 'status', occupied: true },
  });
  expect(findDecoder('example-tomorrow')?.heartbeatS).toBe(3600);
  expect(findDecoder('bosch-tps110')?.vendor).toBe('Bosch');
  expect(findDecoder('unheard-of')).toBeUndefined();
});

test('a codec does not take the place of a built-in model', async () => {
  expect(await mistakesOf(folderWithCodec('bosch-tps110'))).toEqual([
    "codecs/bosch-tps110.mapping.json: : 'bosch-tps110' is a built-in model: choose another name",
  ]);
});

test('mistakes of codecs and of the other files are reported together', async () => {
  const dir = folderWithCodec('example-tomorrow', { heartbeatS: 0 });
  writeFileSync(join(dir, 'measures.json'), '{');
  const mistakes = await mistakesOf(dir);
  expect(mistakes).toHaveLength(2);
  expect(mistakes[0]).toContain('codecs/example-tomorrow.mapping.json: heartbeatS: ');
  expect(mistakes[1]).toContain('measures.json: ');
});
