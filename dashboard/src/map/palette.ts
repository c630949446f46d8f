import { chances, statusStyle, type Chance } from '../ui/status-style.ts';

/** Colours of the current theme as a canvas needs them: read from tokens.css, which alone knows them. */
export interface Palette {
  readonly status: Readonly<Record<Chance, string>>;
  readonly halo: string;
  readonly land: string;
  readonly street: string;
  readonly streetMajor: string;
  readonly streetEdge: string;
  readonly label: string;
  readonly labelHalo: string;
  readonly zone: string;
  readonly pill: string;
  readonly pillText: string;
  readonly accent: string;
  readonly font: string;
}

/** Reads the theme in force; call again when it changes. */
export function readPalette(): Palette {
  const style = getComputedStyle(document.documentElement);
  const token = (name: string): string => style.getPropertyValue(name).trim();
  return {
    status: Object.fromEntries(
      chances.map((chance) => [chance, token(statusStyle[chance].token)]),
    ) as Record<Chance, string>,
    halo: token('--status-halo'),
    land: token('--map-land'),
    street: token('--map-street'),
    streetMajor: token('--map-street-major'),
    streetEdge: token('--map-street-edge'),
    label: token('--map-label'),
    labelHalo: token('--map-label-halo'),
    zone: token('--map-zone'),
    pill: token('--map-pill'),
    pillText: token('--map-pill-text'),
    accent: token('--accent'),
    font: token('--font'),
  };
}
