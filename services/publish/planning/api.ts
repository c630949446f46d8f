import { setImmediate as othersTurn } from 'node:timers/promises';
import { createTurns } from '../../domain/turns.ts';
import { OpenAPIHono, createRoute, z } from '@hono/zod-openapi';
import { goalSchema } from '../../contract/goal.ts';
import { measureListSchema } from '../../contract/measures.ts';
import {
  metricScopeSchema,
  metricsSchema,
  metricStepSchema,
  profileSchema,
  typicalWeekSchema,
  zoneRankingSchema,
} from '../../contract/metrics.ts';
import { requireBearer } from '../http/bearer.ts';
import { checked } from '../http/mistakes.ts';
import { describeProblem, usualProblems } from '../http/problem.ts';
import { scopeParameters } from '../http/query.ts';
import { createAnswers, type Make } from './answers.ts';
import type { PlanningDeps } from './deps.ts';
import { makeMetrics, makeProfile } from './figures.ts';
import { makeGoal } from './goal.ts';
import { makeMeasures } from './measures.ts';
import { makeTypicalWeek } from './typical-week.ts';
import { makeZoneRanking } from './zone-ranking.ts';

const timeParameter = (description: string) =>
  z
    .union([z.iso.date(), z.iso.datetime({ offset: true })], 'a local date or a time with offset')
    // Both write the year first. Answers cannot write times far from ours.
    .refine((text) => text >= '1970' && text < '3000', 'a year from 1970 to 2999')
    .optional()
    .openapi({ type: 'string', description });
const from = timeParameter(
  'local date or time, at most 20 years before `to`; four weeks before it when absent',
);
const to = timeParameter('local date or time, exclusive; when absent, up to what is closed');
const id = z
  .string()
  .max(2000)
  .optional()
  .openapi({ description: 'id of a place; several separated by commas; all when absent' });

const { municipality } = scopeParameters;

const answers = (description: string, schema: z.ZodType) => ({
  200: { description, content: { 'application/json': { schema } } },
  304: { description: 'Not changed since the version in If-None-Match' },
  ...usualProblems.wrongParameter,
  401: describeProblem('A token is needed where planning is not public'),
  404: describeProblem('There is no such place'),
  ...usualProblems.tooMany,
  503: describeProblem('The history cannot be read now'),
});
const tags = ['Planning'];

const metrics = createRoute({
  method: 'get',
  path: '/api/v1/metrics',
  summary: 'Occupancy, turnover, dwell, full time, vehicles of places by interval, with their n',
  description:
    'Definitions follow the Curb Data Specification where it has one; time that nobody observed counts for nothing. Nothing is told of fewer than five spaces; of a single public space without how long cars stay. Its hours and quarter hours are computed when they are asked for: at most 31 space-days at once (a month of one space, a day of 31), as far back as observations are kept. Durations come from life tables that are kept with the roll-ups, so that stays under way count too. An answer has at most 20,000 points and rests on at most a million days of places.',
  tags,
  request: {
    query: z.object({
      scope: metricScopeSchema.default('zone'),
      id,
      municipality,
      step: metricStepSchema.default('day').openapi({ description: '`total` has no intervals' }),
      from,
      to,
    }),
  },
  responses: answers('Figures', metricsSchema),
});
const profile = createRoute({
  method: 'get',
  path: '/api/v1/metrics/profile',
  summary: 'The typical week of a place: hour × weekday',
  tags,
  request: {
    query: z.object({
      scope: metricScopeSchema.exclude(['space']).default('all'),
      id,
      municipality,
      from,
      to,
    }),
  },
  responses: answers('168 cells', profileSchema),
});
const typicalWeek = createRoute({
  method: 'get',
  path: '/api/v1/sites/{id}/typical-week',
  summary: 'How full a site usually is, by hour and weekday',
  description: 'Public as the history files are, whoever may see the planners’ figures.',
  tags: ['Parking'],
  request: { params: z.object({ id: z.string().max(64) }) },
  responses: answers('Seven days of 24 hours', typicalWeekSchema),
});
const ranking = createRoute({
  method: 'get',
  path: '/api/v1/metrics/zones',
  summary: 'Zones, the one with the largest search share first, compared with the time before',
  tags,
  request: { query: z.object({ municipality, from, to }) },
  responses: answers('Zones', zoneRankingSchema),
});
const goal = createRoute({
  method: 'get',
  path: '/api/v1/goal',
  summary: 'Baseline, target, monthly progress with its uncertainty, forecast, what is missing',
  tags,
  request: {
    query: z.object({
      municipality: z.string().max(64).optional().openapi({ description: 'id of a municipality' }),
    }),
  },
  responses: answers('Progress', goalSchema),
});
const measures = createRoute({
  method: 'get',
  path: '/api/v1/measures',
  summary: 'What the town did, before and after, compared with control zones',
  tags,
  request: { query: z.object({ municipality }) },
  responses: answers('Measures', measureListSchema),
});

const maxAgeS = 60;
/** What one question of the history has summed up, the next ones need not read again. */
const questionsAtOnce = 2;

/** What planners ask for: from roll-ups and kept estimates, cached by their version. */
export function createPlanningApi(deps: PlanningDeps): OpenAPIHono {
  const app = new OpenAPIHono();
  const { token } = deps;
  if (token !== undefined) {
    const guard = requireBearer(token);
    for (const path of ['/api/v1/metrics', '/api/v1/metrics/*', '/api/v1/goal', '/api/v1/measures'])
      app.use(path, guard);
  }
  const answer = createAnswers(deps.clock);
  const turns = createTurns(questionsAtOnce);
  // What the next question waits for may come at once: whoever asks for something else comes before it.
  const inTurn = <Done>(work: () => Promise<Done>): Promise<Done> =>
    turns(() => work().finally(othersTurn));
  const version = (): string => {
    const { doneMs, revision } = deps.rolledUp();
    return [deps.epoch, doneMs ?? 0, revision, deps.shares().revision].join('.');
  };
  const headers = {
    'Content-Type': 'application/json',
    'Cache-Control': `${token === undefined ? 'public' : 'private'}, max-age=${maxAgeS}`,
    Link: `<${deps.settings.licence.url}>; rel="license"`,
  };
  const publicHeaders = { ...headers, 'Cache-Control': `public, max-age=${maxAgeS}` };
  const route = (c: Parameters<typeof answer>[0], path: string, query: object, make: Make) =>
    answer(c, `${path}?${JSON.stringify(query)}`, version(), headers, make);

  for (const one of [metrics, profile, typicalWeek, ranking, goal, measures])
    app.openAPIRegistry.registerPath(one);
  const asked = <Schema extends z.ZodObject>(
    schema: Schema,
    c: Parameters<typeof answer>[0],
  ): z.output<Schema> => checked(schema, c.req.query(), 'invalid-request');
  app.get(metrics.path, (c) => {
    const query = asked(metrics.request.query, c);
    return route(c, metrics.path, query, () => inTurn(() => makeMetrics(query, deps)));
  });
  app.get(profile.path, (c) => {
    const query = asked(profile.request.query, c);
    return route(c, profile.path, query, () => inTurn(() => makeProfile(query, deps)));
  });
  app.get('/api/v1/sites/:id/typical-week', (c) => {
    const id = c.req.param('id');
    return answer(c, typicalWeek.path + id, version(), publicHeaders, () =>
      inTurn(() => makeTypicalWeek(id, deps)),
    );
  });
  app.get(ranking.path, (c) => {
    const query = asked(ranking.request.query, c);
    return route(c, ranking.path, query, () => inTurn(() => makeZoneRanking(query, deps)));
  });
  app.get(goal.path, (c) => {
    const query = asked(goal.request.query, c);
    return route(c, goal.path, query, () => makeGoal(query, deps));
  });
  app.get(measures.path, (c) => {
    const query = asked(measures.request.query, c);
    return route(c, measures.path, query, () => inTurn(() => makeMeasures(query, deps)));
  });
  return app;
}
