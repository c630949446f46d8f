/** Where a driver should go, as guidance answered. */
type Advice =
  | { readonly kind: 'stretch'; readonly stretch: number }
  | { readonly kind: 'car-park'; readonly carPark: number };

/**
 * Asks for a recommendation. The answer may come at once or later (over a network): until then, and
 * without one, the driver drives as if there were no guidance.
 */
export interface Guide {
  recommend(
    question: { readonly destination: number; readonly node: number; readonly atS: number },
    answer: (advice: Advice | null) => void,
  ): void;
}
