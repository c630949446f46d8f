import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DeploymentInput } from '../../config/schema.ts';
import { devEui } from './builders.ts';
import { temporaryDirectory } from './temporary.ts';

/**
 * A deployment folder of a town of kerbs with ten spaces each, a Bosch TPS110 on every space:
 * `space-<n>` is watched by the device with the number n + 1.
 */
export function deploymentFolder(
  numberOfSpaces: number,
  settings: Partial<DeploymentInput> = {},
): string {
  const dir = temporaryDirectory();
  const write = (file: string, text: string): void => writeFileSync(join(dir, file), text);
  const numbers = Array.from({ length: numberOfSpaces }, (_, n) => n);
  const at = (n: number): [number, number] => [
    8.69 + (Math.floor(n / 10) % 50) * 0.001 + (n % 10) * 0.00008,
    49.4 + Math.floor(n / 500) * 0.001,
  ];
  const feature = (coordinates: [number, number], properties: object) => ({
    type: 'Feature',
    geometry: { type: 'Point', coordinates },
    properties,
  });
  const sites = numbers
    .filter((n) => n % 10 === 0)
    .map((n) =>
      feature(at(n), {
        type: 'site',
        id: `site-${n / 10}`,
        municipality: 'town',
        name: `Kerb ${n / 10}`,
        kind: 'on-street',
        counting: 'spaces',
        numberOfSpaces: Math.min(10, numberOfSpaces - n),
      }),
    );
  const spaces = numbers.map((n) =>
    feature(at(n), { type: 'space', id: `space-${n}`, site: `site-${Math.floor(n / 10)}` }),
  );
  const collection = (features: readonly object[]) =>
    JSON.stringify({ type: 'FeatureCollection', features });
  const deployment: DeploymentInput = {
    name: 'Testtown',
    publisher: { name: 'Testtown', url: 'https://example.org', email: 'mail@example.org' },
    municipalities: [{ id: 'town', name: 'Testtown', centre: { lat: 49.4, lon: 8.69 } }],
    map: { centre: { lat: 49.4, lon: 8.69 } },
    ...settings,
  };
  write('deployment.json', JSON.stringify(deployment));
  write('sites.geojson', collection([...sites, ...spaces]));
  write('streets.geojson', collection([]));
  write('measures.json', '[]');
  write(
    'installations.csv',
    [
      'devEui,model,watches,from,until,occupiedBelowM',
      ...numbers.map((n) => `${devEui(n + 1)},bosch-tps110,space:space-${n},2020-01-01,,`),
      '',
    ].join('\n'),
  );
  return dir;
}
