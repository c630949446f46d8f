import { z } from '@hono/zod-openapi';
import { escapeHtml, htmlPage } from './html.ts';
import { problems } from './problem.ts';

const schemaShape = z.looseObject({
  $ref: z.string().optional(),
  type: z.union([z.string(), z.array(z.string())]).optional(),
  format: z.string().optional(),
  enum: z.array(z.unknown()).optional(),
  const: z.unknown().optional(),
  description: z.string().optional(),
  required: z.array(z.string()).optional(),
  get items() {
    return schemaShape.optional();
  },
  get anyOf() {
    return z.array(schemaShape).optional();
  },
  get properties() {
    return z.record(z.string(), schemaShape).optional();
  },
});
type Schema = z.output<typeof schemaShape>;

const operationShape = z.object({
  summary: z.string().default(''),
  description: z.string().default(''),
  deprecated: z.boolean().default(false),
  tags: z.array(z.string()).default(['Other']),
  parameters: z
    .array(
      z.object({
        name: z.string(),
        in: z.string(),
        required: z.boolean().default(false),
        description: z.string().optional(),
        schema: schemaShape.default({}),
      }),
    )
    .default([]),
  responses: z.record(
    z.string(),
    z.object({
      description: z.string(),
      content: z.record(z.string(), z.object({ schema: schemaShape.optional() })).default({}),
    }),
  ),
});
type Operation = z.output<typeof operationShape>;

/** The part of an OpenAPI document that the page shows. */
const documentShape = z.object({
  info: z.object({ title: z.string(), description: z.string().default('') }),
  paths: z.record(z.string(), z.record(z.string(), operationShape)),
  components: z
    .object({ schemas: z.record(z.string(), schemaShape).default({}) })
    .default({ schemas: {} }),
});

const code = (text: string): string => `<code>${escapeHtml(text)}</code>`;

function typeOf(schema: Schema | undefined): string {
  if (schema === undefined) return '';
  if (schema.$ref !== undefined) {
    const name = schema.$ref.split('/').at(-1) ?? '';
    return `<a href="#schema-${escapeHtml(name)}">${escapeHtml(name)}</a>`;
  }
  if (schema.enum) return schema.enum.map((value) => code(JSON.stringify(value))).join(' | ');
  if (schema.const !== undefined) return code(JSON.stringify(schema.const));
  if (schema.anyOf) return schema.anyOf.map(typeOf).join(' | ');
  if (schema.items) return `list of ${typeOf(schema.items)}`;
  const type = [schema.type ?? 'any'].flat().join(' | ');
  return escapeHtml(schema.format === undefined ? type : `${type} (${schema.format})`);
}

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  rows.length === 0
    ? ''
    : `<table><thead><tr>${head.map((cell) => `<th scope="col">${cell}</th>`).join('')}</tr></thead>
<tbody>${rows.map((row) => `<tr>${row.map((cell) => `<td>${cell}</td>`).join('')}</tr>`).join('\n')}</tbody></table>`;

function operationHtml(path: string, method: string, operation: Operation): string {
  const isLink = method === 'get' && !path.includes('{');
  const tryIt = isLink ? `<p><a href="${escapeHtml(path)}">Open ${escapeHtml(path)}</a></p>` : '';
  const parameters = operation.parameters.map((parameter) => [
    code(parameter.name) + (parameter.required ? ' (required)' : ''),
    parameter.in,
    typeOf(parameter.schema),
    escapeHtml(parameter.description ?? parameter.schema.description ?? ''),
  ]);
  const responses = Object.entries(operation.responses).map(([status, response]) => [
    code(status),
    escapeHtml(response.description),
    Object.entries(response.content)
      .map(([mediaType, { schema }]) => `${code(mediaType)} ${typeOf(schema)}`)
      .join('<br>'),
  ]);
  return `<details><summary>${code(`${method.toUpperCase()} ${path}`)} ${escapeHtml(operation.summary)}${operation.deprecated ? ' <strong>deprecated</strong>' : ''}</summary>
${operation.description === '' ? '' : `<p>${escapeHtml(operation.description)}</p>`}
${tryIt}
${table(['Parameter', 'In', 'Type', 'Meaning'], parameters)}
${table(['Status', 'When', 'Body'], responses)}
</details>`;
}

function schemaHtml(name: string, schema: Schema): string {
  const required = new Set(schema.required);
  const rows = Object.entries(schema.properties ?? {}).map(([property, its]) => [
    code(property) + (required.has(property) ? '' : ' (optional)'),
    typeOf(its),
    escapeHtml(its.description ?? ''),
  ]);
  return `<h3 id="schema-${escapeHtml(name)}">${escapeHtml(name)}</h3>
<p>${escapeHtml(schema.description ?? '')}</p>
${rows.length === 0 ? `<p>${typeOf(schema)}</p>` : table(['Field', 'Type', 'Meaning'], rows)}`;
}

const problemsHtml = (): string =>
  table(
    ['Status', 'Type', 'Title'],
    Object.entries(problems).map(([name, { status, title }]) => [
      String(status),
      `<code id="problem-${name}">/docs#problem-${name}</code>`,
      escapeHtml(title),
    ]),
  );

/**
 * The API reference as one page without scripts, from our own OpenAPI document: the viewers there are
 * load a megabyte of script, and most of them from a foreign server.
 */
export function docsPage(openApi: unknown): string {
  const { info, paths, components } = documentShape.parse(openApi);
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );
  const byTag = Map.groupBy(operations, ({ operation }) => operation.tags[0] ?? 'Other');
  const sections = [...byTag].map(
    ([tag, its]) =>
      `<h2 id="tag-${escapeHtml(tag)}">${escapeHtml(tag)}</h2>\n${its
        .map(({ path, method, operation }) => operationHtml(path, method, operation))
        .join('\n')}`,
  );
  const schemas = Object.entries(components.schemas).map(([name, schema]) =>
    schemaHtml(name, schema),
  );
  const contents = [
    ...[...byTag.keys()].map((tag) => [`tag-${escapeHtml(tag)}`, escapeHtml(tag)] as const),
    ['problems', 'Problems'] as const,
    ['schemas', 'Schemas'] as const,
  ];
  return htmlPage(
    'en',
    `${info.title}: API reference`,
    `<h1>${escapeHtml(info.title)}: API reference</h1>
<p>${escapeHtml(info.description)}</p>
<p><a href="/openapi.json">OpenAPI 3.1 document</a> · <a href="/daten">Open data</a> · <a href="/">Map</a></p>
<nav aria-label="Contents"><p>${contents.map(([id, title]) => `<a href="#${id}">${title}</a>`).join(' · ')}</p></nav>
${sections.join('\n')}
<h2 id="problems">Problems</h2>
<p>Every error is <code>application/problem+json</code> (RFC 9457).</p>
${problemsHtml()}
<h2 id="schemas">Schemas</h2>
${schemas.join('\n')}`,
  );
}
