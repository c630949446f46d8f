import type { NamedNode } from 'n3';
import { AppError } from '../../domain/errors.ts';
import { idsOf } from '../http/query.ts';
import type { View } from '../http/resource.ts';
import { degrees, toInstant } from '../views.ts';
import { iri, typed, type Resource } from './rdf.ts';

/** Authority tables of the Publications Office. */
export const euVocabulary = 'http://publications.europa.eu/resource/authority';

/** IRIs of the licences GovData knows (dcat-ap.de/def/licenses), by the short names in common use. */
const licenceIris: Readonly<Record<string, string>> = {
  'dl-de/by-2-0': 'dl-by-de/2.0',
  'dl-de/zero-2-0': 'dl-zero-de/2.0',
  'cc-zero': 'cc-zero',
  'cc-by/4.0': 'cc-by/4.0',
  'cc-by-sa/4.0': 'cc-by-sa/4.0',
  odbl: 'odbl',
};

/** The licence as GovData names it, else by its own address. */
export const licenceOf = ({ settings }: View): NamedNode => {
  const known = licenceIris[settings.licence.id];
  return iri(
    known === undefined ? settings.licence.url : `http://dcat-ap.de/def/licenses/${known}`,
  );
};

/** Everything there is, or what of it belongs to some municipalities. */
export interface CatalogueView extends View {
  /** What every address ends with so that it answers for the same part; '' for everything. */
  readonly search: string;
}

/** Narrows to the municipalities of a comma-separated list; `undefined` narrows nothing. */
export function narrowed(view: View, municipality: string | undefined): CatalogueView {
  const asked = idsOf(municipality);
  if (!asked) return { ...view, search: '' };
  const { index } = view;
  const municipalities = index.inventory.municipalities.filter(({ id }) => asked.has(id));
  if (municipalities.length === 0)
    throw new AppError('not-found', `no municipality '${municipality}'`);
  const names = municipalities.map(({ name }) => name).join(', ');
  return {
    ...view,
    settings: { ...view.settings, name: `${view.settings.name}: ${names}` },
    index: {
      ...index,
      inventory: { ...index.inventory, municipalities },
      sites: index.sites.filter((site) => asked.has(site.municipalityId)),
    },
    search: `?municipality=${municipalities.map(({ id }) => encodeURIComponent(id)).join(',')}`,
  };
}

/** Everything the catalogue itself speaks of has an address in it. */
export const here = (view: CatalogueView, fragment: string): NamedNode =>
  iri(`${view.baseUrl}/catalog.ttl${view.search}#${fragment}`);

/** When what it describes was last changed. */
export const changedAt = (view: CatalogueView) =>
  typed(toInstant(view.inventoryAtMs), 'xsd:dateTime');

/** The box around all sites; without a box where there are none. */
export function area(view: CatalogueView): Resource {
  const points = view.index.sites.map((site) => site.location);
  const lons = points.map(({ lon }) => degrees(lon));
  const lats = points.map(({ lat }) => degrees(lat));
  const [west, east] = [Math.min(...lons), Math.max(...lons)];
  const [south, north] = [Math.min(...lats), Math.max(...lats)];
  const corners = [
    [west, south],
    [east, south],
    [east, north],
    [west, north],
    [west, south],
  ];
  const wkt = `POLYGON((${corners.map((corner) => corner.join(' ')).join(', ')}))`;
  return {
    id: here(view, 'area'),
    types: ['dct:Location'],
    properties: points.length === 0 ? {} : { 'dcat:bbox': typed(wkt, 'geo:wktLiteral') },
  };
}

/** The area, and the municipalities by their official key where they have one. */
export const spatial = (view: CatalogueView): NamedNode[] => [
  here(view, 'area'),
  ...municipalityIris(view),
];

/** Municipalities that have an official key, by it. */
export const municipalityIris = ({ index }: View): NamedNode[] =>
  index.inventory.municipalities.flatMap(({ officialKey }) =>
    officialKey === null
      ? []
      : [iri(`http://dcat-ap.de/def/politicalGeocoding/municipalityKey/${officialKey}`)],
  );
