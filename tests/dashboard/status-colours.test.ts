import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { chances, statusStyle } from '../../dashboard/src/ui/status-style.ts';

type Triple = readonly [number, number, number];

const css = await readFile(new URL('../../dashboard/src/ui/tokens.css', import.meta.url), 'utf8');
type Theme = 'light' | 'dark';
/** A colour of a rule; without a selector that of `:root`, the first in the file. */
const token = (theme: Theme, name: string, selector = ':root'): Triple => {
  const rule = css.slice(css.indexOf(`${selector} {`));
  const [, light = '', dark = ''] =
    new RegExp(`${name}: light-dark\\(#([0-9a-f]{6}), #([0-9a-f]{6})\\)`).exec(rule) ?? [];
  const hex = { light, dark }[theme];
  return [0, 2, 4].map((at) => parseInt(hex.slice(at, at + 2), 16) / 255) as unknown as Triple;
};

const linear = (v: number): number => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
const luminance = (rgb: Triple): number => {
  const [r, g, b] = rgb.map(linear) as unknown as Triple;
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
const contrast = (a: Triple, b: Triple): number => {
  const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y) as [number, number];
  return (high + 0.05) / (low + 0.05);
};

/** Full dichromacy in linear RGB: Machado, Oliveira and Fernandes 2009, severity 1.0. */
const visions: Readonly<Record<string, readonly Triple[]>> = {
  normal: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protan: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deutan: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritan: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
};

/** CIE L*a*b*, D65, as somebody with that vision sees it. */
function lab(rgb: Triple, matrix: readonly Triple[]): Triple {
  const seen = rgb.map(linear);
  const [r, g, b] = matrix.map((row) =>
    Math.min(1, Math.max(0, row[0] * seen[0]! + row[1] * seen[1]! + row[2] * seen[2]!)),
  ) as unknown as Triple;
  const f = (t: number): number => (t > 0.008856 ? Math.cbrt(t) : 7.787 * t + 16 / 116);
  const x = f((0.4124564 * r + 0.3575761 * g + 0.1804375 * b) / 0.95047);
  const y = f(0.2126729 * r + 0.7151522 * g + 0.072175 * b);
  const z = f((0.0193339 * r + 0.119192 * g + 0.9503041 * b) / 1.08883);
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}

/** CIEDE2000 (Sharma, Wu and Dalal 2005). */
function difference([l1, a1, b1]: Triple, [l2, a2, b2]: Triple): number {
  const rad = Math.PI / 180;
  const c7 = ((Math.hypot(a1, b1) + Math.hypot(a2, b2)) / 2) ** 7;
  const g = 0.5 * (1 - Math.sqrt(c7 / (c7 + 25 ** 7)));
  const [p1, p2] = [a1 * (1 + g), a2 * (1 + g)];
  const [c1, c2] = [Math.hypot(p1, b1), Math.hypot(p2, b2)];
  const angle = (b: number, a: number): number => (Math.atan2(b, a) / rad + 360) % 360;
  const [h1, h2] = [angle(b1, p1), angle(b2, p2)];
  const isGrey = c1 * c2 === 0;
  const turn = h2 - h1 > 180 ? -360 : h2 - h1 < -180 ? 360 : 0;
  const dh = isGrey ? 0 : h2 - h1 + turn;
  const [dl, dc] = [l2 - l1, c2 - c1];
  const dH = 2 * Math.sqrt(c1 * c2) * Math.sin((dh * rad) / 2);
  const [lm, cm] = [(l1 + l2) / 2, (c1 + c2) / 2];
  const sum = h1 + h2;
  const hm = isGrey
    ? sum
    : Math.abs(h1 - h2) <= 180
      ? sum / 2
      : (sum + (sum < 360 ? 360 : -360)) / 2;
  const t =
    1 -
    0.17 * Math.cos((hm - 30) * rad) +
    0.24 * Math.cos(2 * hm * rad) +
    0.32 * Math.cos((3 * hm + 6) * rad) -
    0.2 * Math.cos((4 * hm - 63) * rad);
  const sl = 1 + (0.015 * (lm - 50) ** 2) / Math.sqrt(20 + (lm - 50) ** 2);
  const [sc, sh] = [1 + 0.045 * cm, 1 + 0.015 * cm * t];
  const rc = 2 * Math.sqrt(cm ** 7 / (cm ** 7 + 25 ** 7));
  const rt = -Math.sin(60 * rad * Math.exp(-(((hm - 275) / 25) ** 2))) * rc;
  return Math.hypot(dl / sl, dc / sc, dH / sh) === 0
    ? 0
    : Math.sqrt((dl / sl) ** 2 + (dc / sc) ** 2 + (dH / sh) ** 2 + rt * (dc / sc) * (dH / sh));
}

test('the measure agrees with a published pair', () => {
  // Sharma, Wu and Dalal 2005, table 1, pair 1.
  expect(difference([50, 2.6772, -79.7751], [50, 0, -82.7485])).toBeCloseTo(2.0425, 4);
});

describe.each([
  ['light', ['--surface', '--map-land', '--map-street'], 18],
  ['dark', ['--surface', '--map-land'], 12],
] as const)('%s theme', (theme, grounds, least) => {
  const colours = chances
    .filter((chance) => chance !== 'closed')
    .map((chance) => token(theme, statusStyle[chance].token));

  test.each(Object.entries(visions))('status colours differ for %s vision', (_vision, matrix) => {
    for (const [at, a] of colours.entries()) {
      for (const b of colours.slice(at + 1)) {
        expect(difference(lab(a, matrix), lab(b, matrix))).toBeGreaterThan(least);
      }
    }
  });
  test.each(grounds)('signs stand out from %s, 3 to 1 at least', (ground) => {
    for (const colour of colours) {
      expect(contrast(colour, token(theme, ground))).toBeGreaterThanOrEqual(3);
    }
  });
  test.each(['traffic', 'grey'])('so do the colours "%s" that a driver may choose', (choice) => {
    for (const name of ['--status-good', '--status-some', '--status-bad']) {
      const colour = token(theme, name, `:root[data-colours='${choice}']`);
      for (const ground of grounds)
        expect(contrast(colour, token(theme, ground))).toBeGreaterThanOrEqual(3);
    }
  });
  test('texts stand out, 4.5 to 1 at least', () => {
    for (const name of ['--text', '--text-2', '--accent']) {
      const surfaces = ['--surface', '--surface-2'].map((surface) => token(theme, surface));
      for (const surface of surfaces) {
        expect(contrast(token(theme, name), surface)).toBeGreaterThanOrEqual(4.5);
      }
    }
  });
});

test('no two states share a shape', () => {
  expect(new Set(chances.map((chance) => statusStyle[chance].shape)).size).toBe(chances.length);
});
