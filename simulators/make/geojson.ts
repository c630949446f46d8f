/** A GeoJSON feature as the deployment files hold it. */
export interface Feature {
  readonly type: 'Feature';
  readonly properties: Readonly<Record<string, unknown>>;
  readonly geometry: { readonly type: string; readonly coordinates: unknown };
}

export const feature = (
  type: 'Point' | 'LineString' | 'Polygon',
  coordinates: unknown,
  properties: Readonly<Record<string, unknown>>,
): Feature => ({ type: 'Feature', properties, geometry: { type, coordinates } });

/** One feature a line, so that a change of one place is a change of one line. */
export const collectionText = (features: readonly Feature[]): string =>
  `{"type":"FeatureCollection","features":[\n${features.map((f) => JSON.stringify(f)).join(',\n')}\n]}\n`;
