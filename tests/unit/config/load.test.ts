import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { loadConfig } from '../../../config/load.ts';
import { ConfigError } from '../../../config/mistakes.ts';
import { decoders } from '../../../services/decoders/index.ts';

const models = new Set(decoders.map(({ model }) => model));
const demo = join(import.meta.dirname, '../../../config/demo');

let dir = '';
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'parklotse-config-'));
  await cp(demo, dir, { recursive: true });
});
afterEach(() => rm(dir, { recursive: true, force: true }));

/** What is said of the deployment in `dir`; '' when it is accepted. */
const complaint = (): string => {
  try {
    loadConfig(dir, models, {});
    return '';
  } catch (cause) {
    expect(cause).toBeInstanceOf(ConfigError);
    return (cause as ConfigError).message;
  }
};

/** Changes a JSON file as somebody with an editor would. */
async function edit(file: string, change: (json: Places) => void): Promise<void> {
  const json = JSON.parse(await readFile(join(dir, file), 'utf8')) as Places;
  change(json);
  await writeFile(join(dir, file), JSON.stringify(json));
}
interface Places {
  features: { geometry: unknown; properties: Record<string, unknown> }[];
}
const withToken = (json: object) =>
  Object.assign(json, { access: { planning: 'token', token: { secret: 'PLANNER_TOKEN' } } });
const first = (places: Places, type: string) => {
  const index = places.features.findIndex(({ properties }) => properties['type'] === type);
  return { index, feature: places.features[index]! };
};

describe('a deployment folder', () => {
  test('of the demo is accepted as it is', () => {
    expect(complaint()).toBe('');
  });

  test('that does not exist is named', () => {
    expect(() => loadConfig(join(dir, 'nowhere'), models, {})).toThrow(
      /nowhere: there is no such folder/,
    );
  });

  test('says everything that is wrong at once, with file and place', async () => {
    await edit('deployment.json', (json) =>
      Object.assign(json, { nmae: 'typo', timeZone: 'Europe/Heidelberg' }),
    );
    await edit('sites.geojson', (json) => {
      first(json, 'space').feature.properties['site'] = 'nowhere';
      first(json, 'site').feature.properties['numberOfSpaces'] = -1;
    });
    const text = complaint();
    expect(text).toMatch(/deployment\.json.*nmae/);
    expect(text).toMatch(/sites\.geojson: features\[\d+\]\.properties\.numberOfSpaces: /);
  });

  test('gives each source a name of its own, and each network server one webhook', async () => {
    const tts = { kind: 'tts-mqtt', url: 'mqtt://localhost:1883', application: 'app' };
    const hook = { kind: 'webhook', from: 'tts', bearer: { secret: 'HOOK' } };
    await edit('deployment.json', (json) =>
      Object.assign(json, { sources: [tts, tts, { ...hook, name: 'one' }, hook] }),
    );
    const text = complaint();
    expect(text).toMatch(/deployment\.json: sources\[1\]\.name: another source has this name/);
    expect(text).toMatch(/deployment\.json: sources\[3\]\.from: there is one webhook/);
  });

  test('names what refers to nothing', async () => {
    let place = 0;
    await edit('sites.geojson', (json) => {
      const { index, feature } = first(json, 'space');
      place = index;
      feature.properties['site'] = 'nowhere';
    });
    expect(complaint()).toContain(
      `sites.geojson: features[${place}].properties.site: there is no site 'nowhere'`,
    );
  });

  test('names lines of installations.csv: no DevEUI, an unknown model, a space watched twice', async () => {
    const file = join(dir, 'installations.csv');
    const [header, one, ...rest] = (await readFile(file, 'utf8')).split('\n');
    const [, model, watches, from] = one!.split(',');
    const lines = [
      header,
      one,
      `70B3D5000000,${model},${watches},${from},,`,
      `70B3D50000FFFF01,no-such-model,${watches},${from},,`,
      ...rest,
    ];
    await writeFile(file, lines.join('\n'));
    const text = complaint();
    expect(text).toContain('installations.csv: line 3.devEui: must be 16 hex digits');
    expect(text).toContain(
      "installations.csv: line 4.model: there is no decoder or codec for the model 'no-such-model'",
    );
    expect(text).toMatch(
      /installations\.csv: line 4: space .* is installed twice at the same time \(see line 2\)/,
    );
  });

  test('names line and column where JSON breaks off', async () => {
    await writeFile(join(dir, 'measures.json'), '[\n  {"id": "a",}\n]');
    expect(complaint()).toMatch(/measures\.json: line 2, column \d+: is no JSON/);
  });

  test('names a secret that is not given, and how to give it', async () => {
    await edit('deployment.json', withToken);
    expect(complaint()).toMatch(
      /deployment\.json: access\.token: .*PLANNER_TOKEN, or .*PLANNER_TOKEN_FILE/,
    );
  });

  test('takes a secret from a mounted file', async () => {
    await edit('deployment.json', withToken);
    await writeFile(join(dir, 'secret'), 'from-file\n');
    const config = loadConfig(dir, models, { PLANNER_TOKEN_FILE: join(dir, 'secret') });
    expect(config.secrets.get('PLANNER_TOKEN')).toBe('from-file');
  });

  test('takes settings of an overlay instead of its own', async () => {
    await writeFile(join(dir, 'overlay.json'), '{"name": "Overlaid", "sources": []}');
    const { deployment } = loadConfig(dir, models, { OVERLAY: join(dir, 'overlay.json') });
    expect(deployment).toMatchObject({ name: 'Overlaid', sources: [] });
  });

  test('names every mistake in signs.json, and does without the file', async () => {
    const at = { location: { lat: 49.4, lon: 8.69 } };
    const device = {
      devEui: '00-11-22-33-44-55-66-77',
      server: 'x',
      encoder: { kind: 'count-frame' },
    };
    const sign = { ...at, name: 'A', zones: ['altstadt'], device };
    const server = {
      kind: 'tts-http',
      name: 'tts',
      url: 'https://tts.example',
      application: 'app',
      webhook: 'hook',
      apiKey: { secret: 'SIGNS_KEY' },
    };
    const signs = [
      { ...sign, id: 'a', sites: ['nowhere'] },
      { ...sign, id: 'a', garage: 'no-garage' },
      { ...sign, id: 'b', zones: ['atlantis'], device: null },
    ];
    await writeFile(join(dir, 'signs.json'), JSON.stringify({ servers: [server, server], signs }));
    for (const mistake of [
      "signs[0].sites[0]: there is no site 'nowhere'",
      "signs[0].device.server: there is no server 'x'",
      "signs[1].id: a second sign 'a'",
      "signs[1].garage: there is no site 'no-garage'",
      "signs[1].device.devEui: a second sign with the device '0011223344556677'",
      "signs[2].zones[0]: there is no zone 'atlantis'",
      "servers[1].name: a second server 'tts'",
      'servers[0].apiKey: the secret is not set',
    ])
      expect(complaint()).toContain(`signs.json: ${mistake}`);

    await writeFile(
      join(dir, 'signs.json'),
      JSON.stringify({ signs: [{ ...at, id: 'a', name: 'A' }] }),
    );
    expect(complaint()).toContain('signs.json: signs[0]: names no site and no zone');
    await rm(join(dir, 'signs.json'));
    expect(complaint()).toBe('');
  });
});
