import { m } from '../paraglide/messages.js';

export interface Feed {
  readonly path: string;
  readonly name: string;
  /** Whom it is for, in the page's language. */
  readonly purpose: () => string;
  readonly changes: 'real-time' | 'static' | 'daily';
}

const feed = (
  path: string,
  name: string,
  changes: Feed['changes'],
  purpose: Feed['purpose'],
): Feed => ({ path, name, changes, purpose });

/** What is offered; each can be opened in the browser. */
export const feeds: readonly Feed[] = [
  feed('/api/v1/sites', 'Parklotse API', 'real-time', m.dev_feed_sites),
  feed('/api/v1/spaces', 'Parklotse API', 'real-time', m.dev_feed_spaces),
  feed('/api/v1/zones', 'Parklotse API', 'real-time', m.dev_feed_zones),
  feed('/api/v1/stream?kinds=sites', 'Server-Sent Events', 'real-time', m.dev_feed_stream),
  feed('/api/v1/history', 'CSV, Parquet', 'daily', m.dev_feed_history),
  feed('/api/public/v3/parking-sites', 'ParkAPI v3', 'real-time', m.dev_feed_parkapi3),
  feed('/api/public/v3/parking-spots', 'ParkAPI v3', 'real-time', m.dev_feed_parkapi3_spots),
  feed('/parkapi/v1', 'ParkAPI v1', 'real-time', m.dev_feed_parkapi1),
  feed('/datex2/v3/table.xml', 'DATEX II 3.6', 'static', m.dev_feed_datex_table),
  feed('/datex2/v3/status.xml', 'DATEX II 3.6', 'real-time', m.dev_feed_datex_status),
  feed('/datex2/v2/table.xml', 'DATEX II 2.3', 'static', m.dev_feed_datex_table),
  feed('/datex2/v2/status.xml', 'DATEX II 2.3', 'real-time', m.dev_feed_datex_status),
  feed('/ogc', 'OGC API Features', 'real-time', m.dev_feed_ogc),
  feed('/catalog.ttl', 'DCAT-AP.de, mobilityDCAT-AP', 'static', m.dev_feed_catalogue),
];
