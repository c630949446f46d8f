import type { OpenAPIHono, z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import type { Question } from './at-once.ts';
import { answer } from './answer.ts';
import { cacheControl } from './headers.ts';
import { describeProblem, usualProblems } from './problem.ts';
import type { createRepresentations } from './representation.ts';
import type { Resource, View } from './resource.ts';

export interface ServeDeps {
  readonly representations: ReturnType<typeof createRepresentations>;
  /** Version of the real-time and of the static documents now. */
  version(changes: Resource['changes']): string;
  view(baseUrl: string): View;
  baseUrlOf(c: Context): string;
  readonly licenceUrl: string;
  /** Hears what a path with its query asks, so that it can be answered at once from then on. */
  remember(address: string, question: Question): void;
}

const textual = /^(text\/|application\/(xml|rdf\+xml))/;

/** A path of the OpenAPI document as the router writes it. */
export const toRoute = (path: string): string => path.replaceAll(/\{(.+?)\}/g, ':$1');

/** Adds a resource to the OpenAPI document and answers it from the kept representations. */
export function serveResource(app: OpenAPIHono, resource: Resource, deps: ServeDeps): void {
  const { path, summary, tag, mediaType } = resource;
  const request: { params?: z.ZodObject; query?: z.ZodObject } = {};
  if (path.includes('{')) request.params = resource.params;
  if (Object.keys(resource.query.shape).length > 0) request.query = resource.query;
  const absent = request.params ? 'There is no such thing' : resource.absent;
  app.openAPIRegistry.registerPath({
    method: 'get',
    path,
    summary,
    tags: [tag],
    request,
    responses: {
      200: { description: summary, content: { [mediaType]: { schema: resource.schema } } },
      304: { description: 'Not changed since the version in If-None-Match' },
      ...usualProblems.wrongParameter,
      ...(absent === undefined ? {} : { 404: describeProblem(absent) }),
      ...usualProblems.tooMany,
    },
  });

  const headers = {
    'Content-Type': textual.test(mediaType) ? `${mediaType}; charset=utf-8` : mediaType,
    'Cache-Control': cacheControl[resource.changes],
    Link: `<${deps.licenceUrl}>; rel="license"`,
  };
  app.get(toRoute(path), (c): Response | Promise<Response> => {
    const { key, text } = resource.read(c.req.param(), c.req.query());
    const { changes } = resource;
    deps.remember(addressOf(c), { key, changes, headers });
    const baseUrl = deps.baseUrlOf(c);
    const representation = deps.representations.get(
      `${baseUrl} ${key}`,
      deps.version(changes),
      () => text(deps.view(baseUrl)),
    );
    return representation instanceof Promise
      ? representation.then((made) => answer(c, made, headers))
      : answer(c, representation, headers);
  });
}

/** Path and query as the router understood them. */
function addressOf(c: Context): string {
  const { url } = c.req;
  return url.slice(url.indexOf('/', url.indexOf('//') + 2));
}
