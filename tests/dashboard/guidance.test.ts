import { describe, expect, test } from 'vitest';
import {
  createDrivingDetector,
  distanceToSiteM,
  turnDeg,
} from '../../dashboard/src/drive/motion.ts';
import { createVoice, findSpoken, spokenName } from '../../dashboard/src/drive/voice.ts';
import {
  explain,
  findAlternative,
  findProposal,
  isLost,
  oddsText,
  type Suggestion,
} from '../../dashboard/src/guide/advice.ts';
import { listNeeds, relaxNeeds, toNeeds } from '../../dashboard/src/guide/needs.ts';
import { stayEndMs, stayState, toCalendar } from '../../dashboard/src/guide/reminder.ts';
import { listWalkApps, toWalkLink } from '../../dashboard/src/guide/walk-links.ts';
import { defaults } from '../../dashboard/src/driver/settings.svelte.ts';
import {
  guidanceRequestSchema,
  guidanceSessionSchema,
  type GuidanceSession,
} from '../../services/contract/guidance.ts';
import { townSites } from '../support/fixture-town.ts';

const place = (id: string) => ({ id, name: `Straße ${id}`, lat: 49.41, lon: 8.69 });
const suggestion = (id: string, more: Partial<Suggestion> = {}): Suggestion => ({
  site: place(id),
  kind: 'kerb',
  driveMin: 5,
  walkMin: 3,
  walkM: 240,
  chanceRatio: 0.95,
  timesOutOfTen: 9,
  basis: 'sensors',
  garage: null,
  isUnlikely: false,
  ...more,
});
/** On the way to `a` with this chance there, and this advice. */
const underway = (chanceRatio: number, suggestions: Suggestion[]): GuidanceSession =>
  guidanceSessionSchema.parse({
    id: '0b0b0b0b-0b0b-4b0b-8b0b-0b0b0b0b0b0b',
    advisedAt: '2026-11-21T09:00:00Z',
    advice: {
      outcome: 'advice',
      suggestions,
      expectedAt: '2026-11-21T09:05:00Z',
      informationAgeS: 30,
    },
    target: {
      site: place('a'),
      expectedAt: '2026-11-21T09:05:00Z',
      chanceRatio,
      timesOutOfTen: Math.floor(chanceRatio * 10),
      isPicked: true,
    },
  });

describe('what is said of a recommendation', () => {
  test('drive, walk and chance in a sentence', () => {
    expect(explain(suggestion('a'))).toBe('5 min Fahrt, 3 min zu Fuß, in 9 von 10 Fällen frei');
    expect(explain(suggestion('a', { driveMin: null, timesOutOfTen: null }))).toBe(
      '3 min zu Fuß, Belegung nicht bekannt',
    );
    expect(oddsText(0)).toBe('in weniger als 1 von 10 Fällen frei');
  });

  test('a change is proposed when the chance at the target has fallen below 0.4, not before', () => {
    const better = suggestion('b');
    expect(findProposal(underway(0.4, [better]), 'a')).toBeNull();
    expect(isLost(underway(0.4, [better]), 'a')).toBe(false);
    expect(findProposal(underway(0.39, [better]), 'a')).toEqual(better.site);
    expect(findProposal(underway(0.39, [better]), 'elsewhere')).toBeNull();
  });

  test('nothing better: the garage is named; nothing at all: nobody is sent anywhere', () => {
    const bad = { isUnlikely: true, chanceRatio: 0.3, timesOutOfTen: 3 };
    const garage = place('garage');
    expect(findProposal(underway(0.3, [suggestion('b', { ...bad, garage })]), 'a')).toEqual(garage);
    expect(findProposal(underway(0.3, [suggestion('b', bad)]), 'a')).toBeNull();
  });

  test('the alternative is the next suggestion, and never the target itself', () => {
    const session = underway(0.9, [suggestion('a'), suggestion('b'), suggestion('c')]);
    expect(findAlternative(session, 'a')?.id).toBe('b');
    expect(findAlternative(session, 'c')?.id).toBe('a');
    expect(findAlternative(underway(0.9, [suggestion('a')]), 'a')).toBeNull();
    expect(findAlternative(null, 'a')).toBeNull();
  });
});

describe('needs', () => {
  const all = {
    ...defaults,
    isElectric: true,
    hasBlueCard: true,
    vehicleHeightM: 2.1,
    maxWalkM: 300,
    maxEurPerHour: 2,
    stayMin: 120,
    acceptsCarParks: false,
  };

  test('are what the server understands, and nothing of the driver beyond them', () => {
    const destination = { lat: 49.41, lon: 8.69 };
    const ask = (needs: unknown) => guidanceRequestSchema.parse({ destination, needs }).needs;
    expect(ask(toNeeds(defaults))).toEqual({ acceptsCarParks: true });
    expect(ask(toNeeds(all))).toEqual({
      audience: 'charging',
      maxWalkM: 300,
      acceptsCarParks: false,
      vehicleHeightM: 2.1,
      maxFeeEurPerHour: 2,
      stayMin: 120,
    });
    expect(toNeeds({ ...defaults, hasBlueCard: true }).audience).toBe('disabled');
  });

  test('are said in words, and each can be left out for a trip', () => {
    expect(listNeeds(defaults, 'de')).toEqual([]);
    expect(listNeeds(all, 'de').map(({ text }) => text)).toEqual([
      'Ladeplatz',
      'Blauer Parkausweis',
      '2,10 m hoch',
      'höchstens 300 m zu Fuß',
      'höchstens 2,00\u00a0€/h',
      '2 h parken',
      'nur Straße',
    ]);
    for (const { key } of listNeeds(all, 'de'))
      expect(listNeeds(relaxNeeds(all, [key]), 'de')).toHaveLength(6);
  });
});

describe('drive mode', () => {
  const at = (speedMs: number | null, atMs: number, headingDeg: number | null = null) => ({
    lat: 49.41,
    lon: 8.69,
    speedMs,
    headingDeg,
    atMs,
  });

  test('begins after five seconds above 10 km/h', () => {
    const drives = createDrivingDetector();
    expect([0, 2_000, 4_900].map((ms) => drives(at(3, ms)))).toEqual([false, false, false]);
    expect(drives(at(3, 5_000))).toBe(true);
    expect(drives(at(2.7, 6_000))).toBe(false);
    expect(drives(at(3, 7_000))).toBe(false);
    expect(drives(at(null, 60_000))).toBe(false);
  });

  test('says at most eight words, at most once in half a minute', () => {
    const said: string[] = [];
    let nowMs = 0;
    const voice = createVoice(
      (text) => void said.push(text),
      () => nowMs,
    );
    expect(voice.say(['Eins zwei drei vier fünf sechs sieben acht neun', 'Kurz.'])).toBe(true);
    nowMs = 29_999;
    expect(voice.say(['Zu früh.'])).toBe(false);
    nowMs = 30_000;
    expect(voice.say(['Jetzt.'])).toBe(true);
    expect(said).toEqual(['Kurz.', 'Jetzt.']);
    expect(findSpoken(['a b c d e f g h i'])).toBeUndefined();
    expect(spokenName('Hauptstraße 3 (Südseite)')).toBe('Hauptstraße 3');
  });

  test('knows where the target lies from the way the car is going', () => {
    const east = { lat: 49.41, lon: 8.7 };
    expect(turnDeg(at(5, 0, 0), east)).toBeCloseTo(90, 0);
    expect(turnDeg(at(5, 0, 180), east)).toBeCloseTo(-90, 0);
    expect(Math.abs(turnDeg(at(5, 0, 270), east) ?? 0)).toBeCloseTo(180, 0);
    expect(turnDeg(at(0, 0), east)).toBeNull();
  });

  test('is near a kerb along its whole length', () => {
    const kerb = townSites()[0]!;
    const [end] = kerb.geometry.type === 'LineString' ? kerb.geometry.coordinates : [];
    const [lon = 0, lat = 0] = end ?? [];
    expect(distanceToSiteM(kerb, { lat, lon })).toBeLessThan(1);
    expect(distanceToSiteM(kerb, { lat: lat + 0.001, lon })).toBeCloseTo(111, 0);
  });
});

describe('the parked car', () => {
  const parkedAtMs = Date.parse('2026-11-21T09:00:00Z');
  const parked = { name: 'Markt, Ost', lat: 49.41, lon: 8.69, parkedAtMs, maxStayMin: 120 };
  const minuteMs = 60_000;

  test('is warned of a quarter of an hour before its stay ends', () => {
    const states = [0, 104, 105, 119, 120].map((min) =>
      stayState(parked, parkedAtMs + min * minuteMs),
    );
    expect(states).toEqual(['running', 'running', 'ending', 'ending', 'over']);
    expect(stayState({ ...parked, maxStayMin: null }, parkedAtMs + 9e9)).toBe('free');
  });

  test('gets a calendar entry that rings before', () => {
    const text = toCalendar(parked, { title: 'Ende', note: 'Bald; los' }, parkedAtMs) ?? '';
    expect(text).toContain('DTSTART:20261121T110000Z\r\n');
    expect(text).toContain('LOCATION:Markt\\, Ost\r\n');
    expect(text).toContain('TRIGGER:-PT15M\r\n');
    expect(stayEndMs({ ...parked, maxStayMin: null })).toBeNull();
    expect(toCalendar({ ...parked, maxStayMin: null }, { title: '', note: '' }, 0)).toBeNull();
  });

  test('is found on foot again, with geo: on Android only', () => {
    expect(listWalkApps('iPhone')).not.toContain('geo');
    expect(listWalkApps('Android 16')[0]).toBe('geo');
    for (const app of listWalkApps('Android 16'))
      expect(toWalkLink(app, parked, parked.name)).toMatch(/49\.410000(,|%2C)8\.690000/);
  });
});
