/**
 * Triples as text in three forms. Turtle is n3's; RDF/XML and JSON-LD are written here from the same
 * triples: the libraries for them are streams with a dozen packages behind them, for what is forty
 * lines without blank nodes.
 */
import { DataFactory, Writer, type Literal, type NamedNode, type Quad } from 'n3';
import { toXml, xmlDocument, itemsHere, type XmlValue } from './xml.ts';

const { literal, namedNode, quad } = DataFactory;

const prefixes = {
  rdf: 'http://www.w3.org/1999/02/22-rdf-syntax-ns#',
  rdfs: 'http://www.w3.org/2000/01/rdf-schema#',
  xsd: 'http://www.w3.org/2001/XMLSchema#',
  dcat: 'http://www.w3.org/ns/dcat#',
  dcatde: 'http://dcat-ap.de/def/dcatde/',
  dct: 'http://purl.org/dc/terms/',
  foaf: 'http://xmlns.com/foaf/0.1/',
  geo: 'http://www.opengis.net/ont/geosparql#',
  mobilitydcatap: 'https://w3id.org/mobilitydcat-ap#',
  vcard: 'http://www.w3.org/2006/vcard/ns#',
} as const;

type Term = NamedNode | Literal;
type Name = `${keyof typeof prefixes}:${string}`;

/** An IRI from a prefixed name or a whole IRI. */
export function iri(name: string): NamedNode {
  const [prefix = '', local = ''] = name.split(/:(.*)/s);
  const base = Object.hasOwn(prefixes, prefix) ? prefixes[prefix as keyof typeof prefixes] : null;
  return namedNode(base === null ? name : base + local);
}

export const inLanguage = (language: 'de' | 'en', text: string): Literal => literal(text, language);
export const plain = (text: string): Literal => literal(text);
export const typed = (text: string, datatype: Name): Literal => literal(text, iri(datatype));

/** A thing with its types and properties; empty lists say nothing. */
export interface Resource {
  readonly id: NamedNode;
  readonly types: readonly Name[];
  readonly properties: Readonly<Partial<Record<Name, Term | readonly Term[]>>>;
}

function listOf(value: Term | readonly Term[] | undefined): readonly Term[] {
  if (value === undefined) return [];
  return 'termType' in value ? [value] : value;
}

function toQuads(resources: readonly Resource[]): Quad[] {
  return resources.flatMap(({ id, types, properties }) => [
    ...types.map((type) => quad(id, iri('rdf:type'), iri(type))),
    ...Object.entries(properties).flatMap(([name, value]) =>
      listOf(value).map((term) => quad(id, iri(name), term)),
    ),
  ]);
}

export function toTurtle(resources: readonly Resource[]): string {
  const writer = new Writer({ prefixes });
  writer.addQuads(toQuads(resources));
  let text = '';
  // Without an output stream the writer calls back before `end` returns.
  writer.end((_error, result: string) => (text = result));
  return text;
}

/** JSON-LD 1.1: a graph of nodes; names are shortened by a context that holds prefixes only. */
export function toJsonLd(resources: readonly Resource[]): string {
  const valueOf = (term: Term): unknown => {
    if (term.termType === 'NamedNode') return { '@id': term.value };
    if (term.language !== '') return { '@value': term.value, '@language': term.language };
    return { '@value': term.value, '@type': term.datatype.value };
  };
  const graph = resources.map(({ id, types, properties }) => ({
    '@id': id.value,
    '@type': types,
    ...Object.fromEntries(
      Object.entries(properties).map(([name, value]) => [name, listOf(value).map(valueOf)]),
    ),
  }));
  return JSON.stringify({ '@context': prefixes, '@graph': graph });
}

/** RDF 1.1 XML: a node element a resource. */
export function toRdfXml(resources: readonly Resource[]): string {
  const valueOf = (term: Term): XmlValue => {
    if (term.termType === 'NamedNode') return { '@rdf:resource': term.value };
    if (term.language !== '') return { '@xml:lang': term.language, '#': term.value };
    return { '@rdf:datatype': term.datatype.value, '#': term.value };
  };
  const nodes = resources.map(({ id, types, properties }) =>
    toXml('rdf:Description', {
      '@rdf:about': id.value,
      'rdf:type': types.map((type) => ({ '@rdf:resource': iri(type).value })),
      ...Object.fromEntries(
        Object.entries(properties).map(([name, value]) => [name, listOf(value).map(valueOf)]),
      ),
    }),
  );
  const envelope: Record<string, XmlValue> = { ...itemsHere };
  for (const [prefix, base] of Object.entries(prefixes)) envelope[`@xmlns:${prefix}`] = base;
  return [...xmlDocument({ 'rdf:RDF': envelope }, nodes)].join('');
}
