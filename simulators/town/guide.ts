/** Where a driver should go, as guidance answered. */
export type Advice =
  | { readonly kind: 'stretch'; readonly stretch: number }
  | { readonly kind: 'car-park'; readonly carPark: number };

export interface Question {
  readonly driver: number;
  /** Why he asks: he sets out, is on his way, or stands before a full kerb. */
  readonly because: 'begins' | 'on-the-way' | 'found-full';
  /** Stretch where he wants to be. */
  readonly destination: number;
  /** Junction he is at. */
  readonly node: number;
  /** Stretch that he found full; -1 otherwise. */
  readonly full: number;
  readonly acceptsCarPark: boolean;
  readonly atS: number;
}

/** Guidance, as a driver of the simulated town sees it. */
export interface Guide {
  /** Answered at once, later or never, through `Town.advise`: until then he drives on as he would. */
  ask(question: Question): void;
  /** He parked where he was led to, or at a better place on the way. */
  parked(driver: number, place: Advice, atS: number): void;
  /** He goes on by himself, or leaves. */
  gone(driver: number): void;
  /** What the sensor of a space says. */
  news(space: number, occupied: boolean, atS: number): void;
}

/** Answers something of a guide: which of its drivers, and what. */
export type Advise = (driver: number, advice: Advice) => void;
