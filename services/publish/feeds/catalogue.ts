/**
 * One catalogue that is DCAT-AP.de 3.0 and mobilityDCAT-AP 1.1 at once, for GovData, the portals of the
 * states and Mobilithek.
 */
import { z } from '@hono/zod-openapi';
import type { NamedNode } from 'n3';
import { AppError } from '../../domain/errors.ts';
import { idsOf, scopeParameters } from '../http/query.ts';
import { defineResource, nothing, type View } from '../http/resource.ts';
import { attributionOf } from '../settings.ts';
import { degrees, toInstant } from '../views.ts';
import { datasets, services, type Dataset } from './offers.ts';
import {
  inLanguage,
  iri,
  plain,
  toJsonLd,
  toRdfXml,
  toTurtle,
  typed,
  type Resource,
} from './rdf.ts';

const euVocabulary = 'http://publications.europa.eu/resource/authority';
const mobility = 'https://w3id.org/mobilitydcat-ap';

/** IRIs of the licences GovData knows (dcat-ap.de/def/licenses), by the short names in common use. */
const licenceIris: Readonly<Record<string, string>> = {
  'dl-de/by-2-0': 'dl-by-de/2.0',
  'dl-de/zero-2-0': 'dl-zero-de/2.0',
  'cc-zero': 'cc-zero',
  'cc-by/4.0': 'cc-by/4.0',
  'cc-by-sa/4.0': 'cc-by-sa/4.0',
  odbl: 'odbl',
};

const licenceOf = ({ settings }: View): NamedNode => {
  const known = licenceIris[settings.licence.id];
  return iri(
    known === undefined ? settings.licence.url : `http://dcat-ap.de/def/licenses/${known}`,
  );
};

const german = iri(`${euVocabulary}/language/DEU`);
const publicAccess = iri(`${euVocabulary}/access-right/PUBLIC`);

/** Everything there is, or what of it belongs to some municipalities. */
interface CatalogueView extends View {
  /** What every address ends with so that it answers for the same part; '' for everything. */
  readonly search: string;
}

/** Narrows to the municipalities of a comma-separated list; `undefined` narrows nothing. */
function narrowed(view: View, municipality: string | undefined): CatalogueView {
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
const here = (view: CatalogueView, fragment: string): NamedNode =>
  iri(`${view.baseUrl}/catalog.ttl${view.search}#${fragment}`);

const changedAt = (view: CatalogueView) => typed(toInstant(view.inventoryAtMs), 'xsd:dateTime');

function area(view: CatalogueView): Resource {
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
const spatial = (view: CatalogueView): NamedNode[] => [
  here(view, 'area'),
  ...municipalityIris(view),
];

const municipalityIris = ({ index }: View): NamedNode[] =>
  index.inventory.municipalities.flatMap(({ officialKey }) =>
    officialKey === null
      ? []
      : [iri(`http://dcat-ap.de/def/politicalGeocoding/municipalityKey/${officialKey}`)],
  );

const publisher = (view: CatalogueView): Resource => ({
  id: here(view, 'publisher'),
  types: ['foaf:Agent', 'foaf:Organization'],
  properties: {
    'foaf:name': plain(view.settings.publisher.name),
    'foaf:mbox': iri(`mailto:${view.settings.publisher.email}`),
    'foaf:homepage': iri(view.settings.publisher.url),
  },
});

const contact = (view: CatalogueView): Resource => ({
  id: here(view, 'contact'),
  types: ['vcard:Kind', 'vcard:Organization'],
  properties: {
    'vcard:fn': plain(view.settings.publisher.name),
    'vcard:hasEmail': iri(`mailto:${view.settings.publisher.email}`),
    'vcard:hasURL': iri(view.settings.publisher.url),
  },
});

const rights = (view: CatalogueView): Resource => ({
  id: here(view, 'rights'),
  types: ['dct:RightsStatement'],
  properties: {
    'rdfs:label': inLanguage(
      'de',
      `Frei nutzbar unter der Lizenz „${view.settings.licence.name}“. ${attributionOf(view.settings)}`,
    ),
  },
});

function toDataset(view: CatalogueView, dataset: Dataset): Resource[] {
  const id = here(view, dataset.id);
  const served = dataset.distributions.filter(({ path }) => view.isServed(path));
  const idOf = (path: string): NamedNode => here(view, `distribution-${path.slice(1)}`);
  return [
    {
      id,
      types: ['dcat:Dataset', 'dcat:Resource'],
      properties: {
        'dct:title': bilingual(dataset.title),
        'dct:description': bilingual(dataset.description),
        'dct:identifier': plain(id.value),
        'dct:publisher': here(view, 'publisher'),
        'dcat:contactPoint': here(view, 'contact'),
        'dcatde:contributorID': iri(view.settings.publisher.contributorId),
        'dcatde:politicalGeocodingLevelURI': iri(
          'http://dcat-ap.de/def/politicalGeocoding/Level/municipality',
        ),
        'dct:spatial': spatial(view),
        'dct:language': german,
        'dct:accessRights': publicAccess,
        'dct:accrualPeriodicity': iri(`${euVocabulary}/frequency/${dataset.frequency}`),
        'dct:modified': changedAt(view),
        'dcat:theme': iri(`${euVocabulary}/data-theme/TRAN`),
        'dcat:keyword': dataset.keywords.map((keyword) => inLanguage('de', keyword)),
        'mobilitydcatap:mobilityTheme': iri(`${mobility}/mobility-theme/${dataset.theme}`),
        'dcat:distribution': served.map(({ path }) => idOf(path)),
      },
    },
    ...served.map((distribution): Resource => ({
      id: idOf(distribution.path),
      types: ['dcat:Distribution'],
      properties: {
        'dct:title': inLanguage('de', distribution.title),
        'dct:description': inLanguage('de', `${dataset.title.de} (${distribution.title})`),
        'dcat:accessURL': iri(view.baseUrl + distribution.path + view.search),
        'dcat:downloadURL': iri(view.baseUrl + distribution.path + view.search),
        'dct:format': iri(`${euVocabulary}/file-type/${distribution.format}`),
        'dcat:mediaType': iri(
          `https://www.iana.org/assignments/media-types/${distribution.mediaType}`,
        ),
        'dct:license': licenceOf(view),
        'dcatde:licenseAttributionByText': inLanguage('de', attributionOf(view.settings)),
        'dct:rights': here(view, 'rights'),
        'dct:modified': changedAt(view),
        'mobilitydcatap:mobilityDataStandard': iri(
          `${mobility}/mobility-data-standard/${distribution.standard}`,
        ),
      },
    })),
    {
      id: here(view, `record-${dataset.id}`),
      types: ['dcat:CatalogRecord'],
      properties: {
        'foaf:primaryTopic': id,
        'dct:created': changedAt(view),
        'dct:modified': changedAt(view),
        'dct:language': german,
        'dct:publisher': here(view, 'publisher'),
      },
    },
  ];
}

const bilingual = ({ de, en }: { readonly de: string; readonly en: string }) => [
  inLanguage('de', de),
  inLanguage('en', en),
];

const toService = (view: CatalogueView, service: (typeof services)[number]): Resource => ({
  id: here(view, `service-${service.id}`),
  types: ['dcat:DataService', 'dcat:Resource'],
  properties: {
    'dct:title': inLanguage('de', service.title),
    'dcat:endpointURL': iri(view.baseUrl + service.path + view.search),
    'dcat:endpointDescription': iri(`${view.baseUrl}/openapi.json`),
    'dcat:servesDataset': here(view, 'real-time'),
    'dct:publisher': here(view, 'publisher'),
    'dcat:contactPoint': here(view, 'contact'),
    'dct:accessRights': publicAccess,
    'dct:license': licenceOf(view),
  },
});

/** What the vocabulary terms in use are; readers check classes without fetching the vocabularies. */
const terms = (view: CatalogueView, offered: readonly Dataset[]): Resource[] => {
  const served = offered.flatMap(({ distributions }) => distributions);
  const declare = (type: Resource['types'][number], ids: readonly string[]): Resource[] =>
    [...new Set(ids)].map((id) => ({ id: iri(id), types: [type], properties: {} }));
  return [
    ...declare('dct:LinguisticSystem', [german.value]),
    ...declare('dct:RightsStatement', [publicAccess.value]),
    ...declare('dct:LicenseDocument', [licenceOf(view).value]),
    ...declare(
      'dct:Location',
      municipalityIris(view).map(({ value }) => value),
    ),
    ...declare(
      'dct:Frequency',
      offered.map(({ frequency }) => `${euVocabulary}/frequency/${frequency}`),
    ),
    ...declare(
      'dct:MediaTypeOrExtent',
      served.map(({ format }) => `${euVocabulary}/file-type/${format}`),
    ),
    ...declare(
      'dct:MediaType',
      served.map(({ mediaType }) => `https://www.iana.org/assignments/media-types/${mediaType}`),
    ),
  ];
};

/** Whoever finds it must see at once that it is a demonstration. */
const describe = ({ settings, isSimulated }: View): string =>
  [isSimulated ? 'Simulierte Daten, nicht für die Fahrt gedacht.' : '', settings.description]
    .filter((sentence) => sentence !== '')
    .join(' ') || settings.name;

/** The whole catalogue; datasets without an address that answers are left out. */
export function toCatalogue(everything: View, municipality?: string): Resource[] {
  const view = narrowed(everything, municipality);
  const isOfSeveral =
    idsOf(municipality) !== undefined && view.index.inventory.municipalities.length > 1;
  const offered = datasets.filter(
    ({ distributions, answersForSeveral = true }) =>
      (answersForSeveral || !isOfSeveral) && distributions.some(({ path }) => view.isServed(path)),
  );
  const catalogue: Resource = {
    id: here(view, 'catalogue'),
    types: ['dcat:Catalog'],
    properties: {
      'dct:title': inLanguage('de', view.settings.name),
      'dct:description': inLanguage('de', describe(view)),
      'dct:publisher': here(view, 'publisher'),
      'foaf:homepage': iri(`${view.baseUrl}/`),
      'dct:language': german,
      'dct:license': licenceOf(view),
      'dct:spatial': spatial(view),
      'dct:modified': changedAt(view),
      'dcat:dataset': offered.map(({ id }) => here(view, id)),
      'dcat:service': services.map(({ id }) => here(view, `service-${id}`)),
      'dcat:record': offered.map(({ id }) => here(view, `record-${id}`)),
    },
  };
  return [
    catalogue,
    publisher(view),
    contact(view),
    rights(view),
    area(view),
    ...offered.flatMap((dataset) => toDataset(view, dataset)),
    ...services.map((service) => toService(view, service)),
    ...terms(view, offered),
  ];
}

const aForm = {
  summary: 'DCAT-AP.de and mobilityDCAT-AP catalogue of all datasets',
  tag: 'Open data',
  changes: 'static',
  schema: z.string(),
  params: nothing,
  query: z.object({ municipality: scopeParameters.municipality }),
} as const;

/** The catalogue in its three forms. */
export const catalogue = [
  defineResource({
    ...aForm,
    path: '/catalog.ttl',
    mediaType: 'text/turtle',
    text: (view, { municipality }) => toTurtle(toCatalogue(view, municipality)),
  }),
  defineResource({
    ...aForm,
    path: '/catalog.rdf',
    mediaType: 'application/rdf+xml',
    text: (view, { municipality }) => toRdfXml(toCatalogue(view, municipality)),
  }),
  defineResource({
    ...aForm,
    path: '/catalog.jsonld',
    mediaType: 'application/ld+json',
    text: (view, { municipality }) => toJsonLd(toCatalogue(view, municipality)),
  }),
];
