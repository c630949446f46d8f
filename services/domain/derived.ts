/** Makes something from a source, and again only when the source has become another object. */
export function derived<Source extends object, Result>(
  source: () => Source,
  make: (source: Source) => Result,
): () => Result {
  let last: { readonly source: Source; readonly result: Result } | undefined;
  return () => {
    const now = source();
    if (last?.source !== now) last = { source: now, result: make(now) };
    return last.result;
  };
}
