/** Seconds after an opening that count for nothing: debounce plus the longest latency (estimators.md 2.3). */
export const blindS = 40;
