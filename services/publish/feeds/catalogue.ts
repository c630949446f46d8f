/**
 * One catalogue that is DCAT-AP.de 3.0 and mobilityDCAT-AP 1.1 at once, for GovData, the portals of the
 * states and Mobilithek.
 */
import { z } from '@hono/zod-openapi';
import type { NamedNode } from 'n3';
import { idsOf, scopeParameters } from '../http/query.ts';
import { defineResource, nothing, type View } from '../http/resource.ts';
import { attributionOf } from '../settings.ts';
import {
  area,
  changedAt,
  euVocabulary,
  here,
  licenceOf,
  municipalityIris,
  narrowed,
  spatial,
  type CatalogueView,
} from './catalogue-view.ts';
import { datasets, services, type Dataset } from './offers.ts';
import { inLanguage, iri, plain, toJsonLd, toRdfXml, toTurtle, type Resource } from './rdf.ts';

const mobility = 'https://w3id.org/mobilitydcat-ap';
const german = iri(`${euVocabulary}/language/DEU`);
const publicAccess = iri(`${euVocabulary}/access-right/PUBLIC`);

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
  absent: 'There is no such municipality',
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
