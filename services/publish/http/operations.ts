import type { MiddlewareHandler } from 'hono';
import { OpenAPIHono, createRoute, z } from '@hono/zod-openapi';
import { stateSchema, type State } from '../../contract/state.ts';
import { requireBearer } from './bearer.ts';
import { describeProblem, problemResponse } from './problem.ts';

/** How one part of the process is, as `/readyz` tells it. */
export interface PartReadiness {
  readonly name: string;
  readonly isReady: boolean;
  /** One sentence; `null` while all is well. */
  readonly problem: string | null;
}

export interface OperationsDeps {
  readonly readiness: () => readonly PartReadiness[];
  readonly metricsText: () => string | Promise<string>;
  readonly state: () => State;
  /** While needed, figures that move with every uplink are for who shows the token; `null` is nobody. */
  readonly operatorsOnly?:
    { readonly isNeeded: () => boolean; readonly token: string | null } | undefined;
}

const withheld = describeProblem(
  'Only with the token of operators: so few hidden spaces are watched that these figures would tell of them',
);

const partsSchema = z.array(
  z.object({ name: z.string(), isReady: z.boolean(), problem: z.string().nullable() }),
);

const state = createRoute({
  method: 'get',
  path: '/api/v1/state',
  summary: 'Since when, how many uplinks, and the position in the stream of changes',
  tags: ['Operation'],
  responses: {
    200: { description: 'State now', content: { 'application/json': { schema: stateSchema } } },
    401: withheld,
  },
});
const alive = createRoute({
  method: 'get',
  path: '/healthz',
  summary: 'The process is alive',
  tags: ['Operation'],
  responses: {
    200: {
      description: 'Alive',
      content: { 'application/json': { schema: z.object({ status: z.literal('alive') }) } },
    },
  },
});
const ready = createRoute({
  method: 'get',
  path: '/readyz',
  summary: 'Every part is ready to work',
  tags: ['Operation'],
  responses: {
    200: {
      description: 'Ready',
      content: {
        'application/json': {
          schema: z.object({ status: z.literal('ready'), parts: partsSchema }),
        },
      },
    },
    503: { description: 'Not ready: problem details with the parts' },
  },
});
const metrics = createRoute({
  method: 'get',
  path: '/metrics',
  summary: 'Counters and gauges in the text format of Prometheus',
  tags: ['Operation'],
  responses: {
    200: { description: 'Metrics', content: { 'text/plain': { schema: z.string() } } },
    401: withheld,
  },
});

/** What operators and their tools look at; never cached, never limited. */
export function createOperations(deps: OperationsDeps): OpenAPIHono {
  const app = new OpenAPIHono();
  const fresh = { 'Cache-Control': 'no-store' };
  const { isNeeded = () => false, token = null } = deps.operatorsOnly ?? {};
  const operator = requireBearer(token, 'these figures would tell of a few hidden spaces');
  const guard: MiddlewareHandler = (c, next) => (isNeeded() ? operator(c, next) : next());
  for (const { path } of [state, metrics]) app.use(path, guard);
  app.openapi(state, (c) => c.json(deps.state(), 200, fresh));
  app.openapi(alive, (c) => c.json({ status: 'alive' as const }, 200, fresh));
  app.openapi(ready, (c) => {
    const parts = deps.readiness().map((part) => ({ ...part }));
    if (parts.every((part) => part.isReady)) {
      return c.json({ status: 'ready' as const, parts }, 200, fresh);
    }
    const waiting = parts.filter((part) => !part.isReady).map((part) => part.name);
    return problemResponse(c, 'not-ready', `waiting for ${waiting.join(', ')}`, { parts });
  });
  app.openapi(metrics, async (c) => c.text(await deps.metricsText(), 200, fresh));
  return app;
}
