import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { loadConfig } from '../../../config/load.ts';
import { decoders } from '../../../services/decoders/index.ts';
import { findEncoder } from '../../../simulators/encoders/index.ts';
import { buildCity } from '../../../simulators/town/city.ts';
import { readDeployment } from '../../../simulators/town/deployment.ts';

const models = new Set(decoders.map(({ model }) => model));

describe.each(['demo', 'landkreis-boeblingen'])('config/%s', (name) => {
  const folder = `config/${name}`;

  test('has no mistake', () => {
    expect(() => loadConfig(folder, models, {})).not.toThrow();
  });

  test('can be simulated: every device has an encoder and watches something', () => {
    const deployment = readDeployment(folder);
    for (const { model } of deployment.installations) expect(findEncoder(model)).toBeDefined();
    const devices = deployment.installations.map(({ devEui }) => devEui);
    expect(new Set(devices).size).toBe(devices.length);
  });
});

test('the demo has about 1,000 watched spaces of five models or more, 12 counters and 6 car parks', () => {
  const { installations, sites } = readDeployment('config/demo');
  const spaces = installations.filter(({ watches }) => watches[0] === 'space');
  expect(spaces.length).toBeGreaterThan(900);
  expect(new Set(spaces.map(({ model }) => model)).size).toBeGreaterThanOrEqual(5);
  expect(installations.filter(({ watches }) => watches[0] === 'stretch')).toHaveLength(12);
  expect(sites.filter(({ kind }) => kind !== 'on-street')).toHaveLength(6);
});

test('the county has its 78 sites with 4,091 spaces and the 26 car parks of Herrenberg', () => {
  const { sites } = readDeployment('config/landkreis-boeblingen');
  const surveyed = sites.filter(({ id }) => id.startsWith('bfrk-'));
  expect(surveyed).toHaveLength(78);
  expect(surveyed.reduce((sum, site) => sum + site.numberOfSpaces, 0)).toBe(4091);
  expect(sites).toHaveLength(78 + 26);
});

test('from every junction of the demo one can drive to every other', () => {
  const { routes, outEdges } = buildCity(readDeployment('config/demo'));
  const nodes = outEdges.map((_, node) => node);
  const from = nodes.filter((node) => routes.timeS(node, 0) === Infinity);
  const to = nodes.filter((node) => routes.timeS(0, node) === Infinity);
  expect({ from, to }).toEqual({ from: [], to: [] });
});

test('map data carry the attribution of their source', () => {
  for (const [folder, text] of [
    ['demo', 'OpenStreetMap contributors'],
    ['landkreis-boeblingen', 'MobiData BW'],
  ] as const) {
    const deployment = JSON.parse(readFileSync(`config/${folder}/deployment.json`, 'utf8')) as {
      attributions: string[];
    };
    expect(deployment.attributions.join()).toContain(text);
  }
});
