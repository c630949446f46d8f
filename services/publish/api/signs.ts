import { createRoute, OpenAPIHono, z } from '@hono/zod-openapi';
import { signListSchema, signSchema, type Sign, type SignList } from '../../contract/sign.ts';
import { AppError } from '../../domain/errors.ts';
import { signLines } from '../../domain/guidance/sign-words.ts';
import type { MunicipalityId, SiteId } from '../../domain/ids.ts';
import type { SignNow } from '../../domain/sign.ts';
import type { Clock } from '../../ports/clock.ts';
import { pageHeaders } from '../http/headers.ts';
import { refuseMistakes } from '../http/mistakes.ts';
import { describeProblem, usualProblems } from '../http/problem.ts';
import { signPage } from '../http/sign-page.ts';
import { idParameter, idsOf, scopeParameters } from '../http/query.ts';
import { toInstant } from '../views.ts';

export interface SignsDeps {
  readonly all: () => readonly SignNow[];
  readonly find: (id: string) => SignNow | undefined;
}

const path = '/api/v1/signs';
const tags = ['Guidance'];
const { tooMany, wrongParameter } = usualProblems;
const absent = { ...tooMany, 404: describeProblem('No such sign') };

const list = createRoute({
  method: 'get',
  path,
  summary: 'What every sign shows now',
  description: 'A sign belongs to the municipalities of the sites that it counts.',
  tags,
  request: { query: z.object({ municipality: scopeParameters.municipality }) },
  responses: {
    200: { description: 'Signs', content: { 'application/json': { schema: signListSchema } } },
    ...wrongParameter,
    ...tooMany,
  },
});
const one = createRoute({
  method: 'get',
  path: `${path}/{id}`,
  summary: 'What one sign shows now, for its controller to fetch',
  tags,
  request: { params: idParameter },
  responses: {
    200: { description: 'The sign', content: { 'application/json': { schema: signSchema } } },
    ...absent,
  },
});
const preview = createRoute({
  method: 'get',
  path: `${path}/{id}/preview`,
  summary: 'The sign as people see it, for operators',
  tags,
  request: { params: idParameter },
  responses: {
    200: { description: 'A page', content: { 'text/html': { schema: z.string() } } },
    ...absent,
  },
});

function toSign({ sign, text, sinceMs, delivery }: SignNow): Sign {
  const { lat, lon } = sign.location;
  return {
    id: sign.id,
    name: sign.name,
    lat,
    lon,
    kind: text.kind,
    vacantSpaces: text.kind === 'vacant' ? text.vacantSpaces : null,
    garage: text.kind === 'full' || text.kind === 'closed' ? text.garage : null,
    lines: { de: [...signLines(text, 'de')], en: [...signLines(text, 'en')] },
    since: toInstant(sinceMs),
    delivery: delivery && {
      state: delivery.state,
      at: toInstant(delivery.atMs),
      detail: delivery.detail,
    },
  };
}

/** Signs at a time of their own: they change between two versions of the present, and are never cached. */
export function createSignsApi(
  deps: SignsDeps,
  context: {
    readonly clock: Clock;
    readonly timeZone: string;
    readonly municipalityOf: (id: SiteId) => MunicipalityId | undefined;
  },
): OpenAPIHono {
  const { clock, timeZone, municipalityOf } = context;
  const app = new OpenAPIHono({
    defaultHook: (result) => {
      if (!result.success && result.target === 'param')
        throw new AppError('not-found', 'no such sign');
      refuseMistakes(result);
    },
  });
  const fresh = { 'Cache-Control': 'no-store' };
  const find = (id: string): Sign => {
    const found = deps.find(id);
    if (found === undefined) throw new AppError('not-found', `no sign '${id}'`);
    return toSign(found);
  };
  app.openapi(list, (c) => {
    const asked = idsOf(c.req.valid('query').municipality);
    const isAsked = ({ sign }: SignNow): boolean =>
      !asked || sign.siteIds.some((site) => asked.has(municipalityOf(site) ?? ''));
    const signs: SignList = {
      publishedAt: toInstant(clock.now()),
      items: deps.all().filter(isAsked).map(toSign),
    };
    return c.json(signs, 200, fresh);
  });
  app.openapi(one, (c) => c.json(find(c.req.valid('param').id), 200, fresh));
  app.openapi(preview, (c) =>
    c.html(signPage(find(c.req.valid('param').id), timeZone), 200, {
      ...pageHeaders(null),
      ...fresh,
    }),
  );
  return app;
}
