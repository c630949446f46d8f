import { randomUUID } from 'node:crypto';
import { OpenAPIHono, createRoute, z } from '@hono/zod-openapi';
import { streamSSE } from 'hono/streaming';
import {
  guidanceEventSchema,
  guidanceRequestSchema,
  guidanceSessionSchema,
  guidanceWayRequestSchema,
  guidanceWaySchema,
  type GuidanceEvent,
  type GuidanceSession,
} from '../../contract/guidance.ts';
import { AppError } from '../../domain/errors.ts';
import type { GuidanceSessions, SessionAnswer } from '../../domain/guidance/sessions.ts';
import type { EpochMs, SiteId } from '../../domain/ids.ts';
import type { ParkingSite } from '../../domain/site.ts';
import type { Clock } from '../../ports/clock.ts';
import { limitBody } from '../http/body-limit.ts';
import { refuseMistakes } from '../http/mistakes.ts';
import { describeProblem, usualProblems } from '../http/problem.ts';
import { toInstant } from '../views.ts';
import { createView, toArrival, toRequest, toWay } from './guidance-view.ts';

export interface GuidanceDeps {
  /** Those in force; an inventory that was replaced begins anew. */
  readonly sessions: () => GuidanceSessions;
  readonly findSite: (id: SiteId) => ParkingSite | undefined;
  readonly clock: Clock;
}

const path = '/api/v1/guidance';
const tags = ['Guidance'];
const params = z.object({ id: z.uuid() });
const answered = {
  description: 'Advice as of now, or why there is none',
  content: { 'application/json': { schema: guidanceSessionSchema } },
};
const { tooMany, wrongBody, wrongParameter } = usualProblems;
const aSession = {
  ...tooMany,
  ...wrongParameter,
  404: describeProblem('No such session, or it has ended'),
};
const jsonBody = <Schema extends z.ZodType>(schema: Schema) => ({
  required: true,
  content: { 'application/json': { schema } },
});

const begin = createRoute({
  method: 'post',
  path,
  summary: 'Begin an anonymous guidance session',
  tags,
  request: { body: jsonBody(guidanceRequestSchema) },
  responses: { 201: answered, ...wrongBody, ...tooMany },
});
const tell = createRoute({
  method: 'post',
  path: `${path}/{id}`,
  summary: 'Tell where you are, what you picked, that it was full, or that you have parked',
  tags,
  request: { params, body: jsonBody(guidanceEventSchema) },
  responses: { 200: answered, ...aSession, ...wrongBody },
});
const look = createRoute({
  method: 'get',
  path: `${path}/{id}`,
  summary: 'The advice as of now',
  tags,
  request: { params },
  responses: { 200: answered, ...aSession },
});
const end = createRoute({
  method: 'delete',
  path: `${path}/{id}`,
  summary: 'End the session; nothing of it is kept',
  tags,
  request: { params },
  responses: { 204: { description: 'Ended, or there was none' }, ...tooMany, ...wrongParameter },
});
const askWay = createRoute({
  method: 'post',
  path: `${path}/{id}/way`,
  summary: 'How to drive to the target from here: the line and its turns; the position is not kept',
  tags,
  request: { params, body: jsonBody(guidanceWayRequestSchema) },
  responses: {
    200: {
      description: 'The fastest way by the streets',
      content: { 'application/json': { schema: guidanceWaySchema } },
    },
    ...aSession,
    ...wrongBody,
  },
});
const follow = createRoute({
  method: 'get',
  path: `${path}/{id}/events`,
  summary: 'Server-sent events: the session, now and whenever its advice changes',
  tags,
  request: { params },
  responses: {
    200: { description: 'Events', content: { 'text/event-stream': { schema: z.string() } } },
    ...aSession,
  },
});

/** What a follower is told of when it changes: a chance that moves within its tenth is no news. */
const newsOf = ({ advice, target }: GuidanceSession): string | undefined =>
  JSON.stringify([advice, target && { ...target, chanceRatio: null }]);

/** How often a follower's advice is looked at again; the session itself changes it every 30 s at most. */
const followEveryMs = 10_000;

/** Guidance for drivers: no account, no cookie, no trace of the way; the session's id is all there is. */
export function createGuidanceApi(deps: GuidanceDeps): OpenAPIHono {
  const { clock } = deps;
  const { toAdvice, toTarget } = createView(deps.findSite);
  const app = new OpenAPIHono({ defaultHook: refuseMistakes });
  const fresh = { 'Cache-Control': 'no-store' };
  const eventHeaders = {
    ...fresh,
    'Content-Type': 'text/event-stream; charset=utf-8',
    // Proxies must pass events on at once (nginx).
    'X-Accel-Buffering': 'no',
  };
  const toSession = (id: string, found: SessionAnswer): GuidanceSession => ({
    id,
    advisedAt: toInstant(clock.now()),
    advice: toAdvice(found),
    target: toTarget(deps.sessions().targetOf(id, clock.now())),
  });
  const answer = (id: string, found: SessionAnswer | undefined): GuidanceSession => {
    if (found === undefined) throw new AppError('not-found', 'no such guidance session');
    return toSession(id, found);
  };
  const pick = (id: string, siteId: SiteId, etaMs: EpochMs): SessionAnswer | undefined => {
    if (deps.findSite(siteId) === undefined)
      throw new AppError('site-not-found', `no site '${siteId}'`);
    deps.sessions().pick(id, siteId, etaMs);
    return deps.sessions().review(id, clock.now(), null);
  };
  const hear = (id: string, told: GuidanceEvent): SessionAnswer | undefined => {
    const nowMs = clock.now();
    const sessions = deps.sessions();
    switch (told.event) {
      case 'position':
        return sessions.review(id, nowMs, told.from);
      case 'picked':
        return pick(id, told.siteId as SiteId, toArrival('expectedAt', told.expectedAt, nowMs));
      case 'found-full':
        return sessions.foundFull(id, nowMs);
      case 'arrived':
        sessions.arrived(id, (told.siteId ?? null) as SiteId | null, nowMs);
        return sessions.review(id, nowMs, null);
    }
  };

  // `/*` holds the path itself too; what comes with another method is read by nobody.
  app.on('POST', `${path}/*`, limitBody(4_096, 'at most 4 kB'));
  app.openapi(begin, (c) => {
    const id = randomUUID();
    const request = toRequest(c.req.valid('json'), clock.now());
    const found = deps.sessions().start(id, request, clock.now());
    return c.json(answer(id, found), 201, { ...fresh, Location: `${path}/${id}` });
  });
  app.openapi(tell, (c) => {
    const { id } = c.req.valid('param');
    return c.json(answer(id, hear(id, c.req.valid('json'))), 200, fresh);
  });
  app.openapi(look, (c) => {
    const { id } = c.req.valid('param');
    return c.json(answer(id, deps.sessions().review(id, clock.now(), null)), 200, fresh);
  });
  app.openapi(askWay, (c) => {
    const { id } = c.req.valid('param');
    const { from, headingDeg = null } = c.req.valid('json');
    const sessions = deps.sessions();
    if (sessions.review(id, clock.now(), null) === undefined)
      throw new AppError('not-found', 'no such guidance session');
    const siteId = sessions.targetOf(id, clock.now())?.siteId ?? null;
    const way = sessions.wayOf(id, from, headingDeg);
    return c.json({ siteId, way: way === undefined ? null : toWay(way) }, 200, fresh);
  });
  app.openapi(end, (c) => {
    deps.sessions().end(c.req.valid('param').id);
    return c.body(null, 204, fresh);
  });
  app.openapi(follow, (c) => {
    const { id } = c.req.valid('param');
    const first = answer(id, deps.sessions().review(id, clock.now(), null));
    // Who asks for the head only would never read, nor leave.
    if (c.req.method === 'HEAD') return c.body(null, 200, eventHeaders);
    for (const [name, value] of Object.entries(eventHeaders)) c.header(name, value);
    return streamSSE(c, async (stream) => {
      let told = newsOf(first);
      await stream.writeSSE({ event: 'advice', data: JSON.stringify(first) });
      await new Promise<void>((resolve) => {
        const stop = clock.every(followEveryMs, () => {
          const found = deps.sessions().review(id, clock.now(), null);
          const now = found && toSession(id, found);
          const text = now && newsOf(now);
          const isSame = text === told;
          told = text;
          const event = now === undefined ? 'ended' : isSame ? 'unchanged' : 'advice';
          const data = event === 'advice' ? JSON.stringify(now) : '';
          const sent = stream.writeSSE({ event, data });
          if (now === undefined) void sent.then(finish);
        });
        const finish = (): void => {
          stop();
          resolve();
        };
        stream.onAbort(finish);
      });
    });
  });
  return app;
}
