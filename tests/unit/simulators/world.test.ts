import { beforeAll, describe, expect, test } from 'vitest';
import { findDecoder } from '../../../services/decoders/index.ts';
import type { SimulatedUplink } from '../../../simulators/devices/device.ts';
import { profileOf } from '../../../simulators/devices/profiles.ts';
import { readDeployment } from '../../../simulators/town/deployment.ts';
import type { OpenGuide, StoredAdvice, StoredWorld, World } from '../../../simulators/world.ts';
import { createWorld, originOf } from '../../../simulators/world.ts';

const deployment = readDeployment('config/demo');
/** A Tuesday, 03:00 to 13:00 in Heidelberg. */
const anchorMs = Date.parse('2026-03-10T12:00:00Z');
const hourMs = 3_600_000;

interface Run {
  readonly world: World;
  readonly uplinks: readonly SimulatedUplink[];
}

function run(
  seed: number,
  options: { readonly untilMs?: number; readonly stored?: StoredWorld } = {},
): Run {
  const uplinks: SimulatedUplink[] = [];
  const world = createWorld(
    deployment,
    originOf(deployment, anchorMs, { seed, days: 0 }),
    { uplink: (uplink) => uplinks.push(uplink), joined: () => undefined },
    options.stored === undefined ? {} : { stored: options.stored },
  );
  world.advance(options.untilMs ?? anchorMs);
  return { world, uplinks };
}

describe('a simulated morning', () => {
  let morning: Run;
  beforeAll(() => {
    morning = run(1);
  });

  test('every uplink is read by the decoder of its model', () => {
    expect(morning.uplinks.length).toBeGreaterThan(3000);
    const refused = morning.uplinks.filter(({ device, fPort, payload }) => {
      const decoder = findDecoder(deployment.installations[device]!.model);
      return decoder?.decode(fPort, Buffer.from(payload, 'base64')).ok !== true;
    });
    expect(refused).toEqual([]);
  });

  test('uplinks come in the order of time, and no counter of a session comes twice', () => {
    const seen = new Set<string>();
    let lastMs = 0;
    for (const { device, session, fCnt, atMs } of morning.uplinks) {
      expect(atMs).toBeGreaterThanOrEqual(lastMs);
      lastMs = atMs;
      seen.add(`${device}:${session}:${fCnt}`);
    }
    expect(seen.size).toBe(morning.uplinks.length);
  });

  test('some uplinks are lost on the air', () => {
    const highest = new Map<string, number>();
    for (const { device, session, fCnt } of morning.uplinks) {
      const key = `${device}:${session}`;
      highest.set(key, Math.max(highest.get(key) ?? 0, fCnt));
    }
    const sent = [...highest.values()].reduce((sum, fCnt) => sum + fCnt + 1, 0);
    const lostRatio = 1 - morning.uplinks.length / sent;
    expect(lostRatio).toBeGreaterThan(0.002);
    expect(lostRatio).toBeLessThan(0.06);
  });

  test('most sensors say what is true', () => {
    const said = new Map<string, boolean>();
    for (const { device, fPort, payload } of morning.uplinks) {
      const { model, watches, occupiedBelowM } = deployment.installations[device]!;
      const reading = findDecoder(model)!.decode(fPort, Buffer.from(payload, 'base64'));
      if (watches[0] !== 'space' || !reading.ok) continue;
      const { occupied, events, distanceM } = reading.value;
      const state = occupied ?? events?.at(-1)?.occupied ?? distanceM! < (occupiedBelowM ?? 1.5);
      said.set(watches[1]!, state);
    }
    const { spaces } = morning.world.city;
    const wrong = spaces.filter(
      ({ id }, index) => id !== null && said.get(id) !== (morning.world.town.occupied[index] === 1),
    );
    expect(said.size).toBeGreaterThan(990);
    expect(wrong.length).toBeLessThan(50);
  });

  test('no car park holds more cars than it has spaces, and none fewer than no cars', () => {
    morning.world.city.carParks.forEach(({ numberOfSpaces }, index) => {
      const cars = morning.world.town.carParkCars[index]!;
      expect(cars).toBeGreaterThan(0);
      expect(cars).toBeLessThanOrEqual(numberOfSpaces);
    });
  });

  test('searching is a part of looking for a space, and that a part of all driving', () => {
    const { kilometres, drivers } = morning.world.truth.take(Number.MAX_SAFE_INTEGER);
    const rows = kilometres.trim().split('\n');
    expect(rows.length).toBeGreaterThan(40);
    for (const row of rows) {
      const [vehicle, ready, search, , kerbVehicle, kerbSearch] = row
        .split(',')
        .slice(2)
        .map(Number);
      expect(ready!).toBeLessThanOrEqual(vehicle!);
      expect(search!).toBeLessThanOrEqual(ready!);
      expect(kerbVehicle!).toBeLessThanOrEqual(vehicle!);
      expect(kerbSearch!).toBeLessThanOrEqual(search! + 1e-9);
    }
    expect(drivers).toMatch(/^2026-03-10T.*,kerb,/m);
  });

  test('no device is quieter than the product expects of its model', () => {
    for (const model of new Set(deployment.installations.map((device) => device.model))) {
      expect(profileOf(model).heartbeatS).toBeLessThanOrEqual(findDecoder(model)!.heartbeatS);
    }
  });
});

describe('repeating', () => {
  const untilMs = anchorMs - 4 * hourMs;

  test('the same seed gives the same uplinks, another one others', () => {
    const first = run(7, { untilMs });
    expect(run(7, { untilMs }).uplinks).toEqual(first.uplinks);
    expect(run(8, { untilMs }).uplinks).not.toEqual(first.uplinks);
  });

  test('a world that was stored as text goes on as if nothing had happened', () => {
    const whole = run(7);
    const half = run(7, { untilMs });
    const stored = JSON.parse(JSON.stringify(half.world.store())) as StoredWorld;
    const rest = run(7, { stored });
    expect([...half.uplinks, ...rest.uplinks]).toEqual(whole.uplinks);
    expect(rest.world.store()).toEqual(whole.world.store());
  });

  test('a stored world goes on with the answers that guidance gave', () => {
    const guided = {
      ...deployment,
      simulation: {
        ...deployment.simulation,
        guidance: { id: 'app', daysBeforeStart: 1, ratio: 0.3, obeyRatio: 1 },
      },
    };
    const [halfMs, endMs] = [anchorMs - 4.5 * hourMs, anchorMs - 4 * hourMs];
    const origin = originOf(guided, anchorMs, { seed: 7, days: 0 });
    const live = (toMs: number, options: Parameters<typeof createWorld>[3]) => {
      const uplinks: SimulatedUplink[] = [];
      const told = { uplink: (one: SimulatedUplink) => uplinks.push(one), joined: () => undefined };
      const world = createWorld(guided, origin, told, options);
      world.advance(toMs);
      return { world, uplinks };
    };
    const quiet = { parked: () => undefined, gone: () => undefined, news: () => undefined };
    const answers: StoredAdvice[] = [];
    // Sends everybody where he wants to go, as a network would: some blocks later.
    const openGuide: OpenGuide = (_city, { advise }) => ({
      ...quiet,
      ask({ because, driver, destination }) {
        if (because !== 'found-full') advise(driver, { kind: 'stretch', stretch: destination });
      },
    });
    const whole = live(endMs, { openGuide, onAdvice: (advice) => answers.push(advice) });
    const half = live(halfMs, { openGuide });
    const stored = JSON.parse(JSON.stringify(half.world.store())) as StoredWorld;
    const later = answers.filter(({ atS }) => atS > stored.nowS);
    expect(later.length).toBeGreaterThan(20);
    const mute: OpenGuide = () => ({ ...quiet, ask: () => undefined });
    const rest = live(endMs, { openGuide: mute, stored, answers: later });
    expect([...half.uplinks, ...rest.uplinks]).toEqual(whole.uplinks);
    const silent = live(endMs, { openGuide: mute, stored });
    expect([...half.uplinks, ...silent.uplinks]).not.toEqual(whole.uplinks);
  }, 60_000);

  test('how finely the time is cut does not matter', () => {
    const whole = run(7, { untilMs });
    const cut = run(7, { untilMs: untilMs - 6 * hourMs });
    while (!cut.world.advance(untilMs, 137));
    expect(cut.uplinks).toEqual(whole.uplinks);
  });
});

test.each([
  ['in the afternoon', '2026-03-10T15:00:00Z', '2026-03-09T02:00:00Z', '2026-02-24'],
  ['after midnight', '2026-03-10T00:30:00Z', '2026-03-08T02:00:00Z', '2026-02-24'],
  ['after the clocks went forward', '2026-03-30T12:00:00Z', '2026-03-29T01:00:00Z', '2026-03-16'],
])('a world that is started %s began at three in the morning', (_, anchor, start, measure) => {
  const origin = originOf(deployment, Date.parse(anchor), { seed: 1, days: 1 });
  expect(new Date(origin.startMs).toISOString()).toBe(start.replace('Z', '.000Z'));
  expect(origin.measure?.date).toBe(measure);
});
