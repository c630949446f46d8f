import { createRoute, OpenAPIHono, z } from '@hono/zod-openapi';
import {
  deviceListSchema,
  deviceProblemSchema,
  type Device,
  type DeviceList,
} from '../../contract/device.ts';
import type { DeviceReport } from '../../domain/device-health.ts';
import { AppError } from '../../domain/errors.ts';
import type { EpochMs } from '../../domain/ids.ts';
import type { Installation } from '../../domain/site.ts';
import { requireBearer } from '../http/bearer.ts';
import { refuseMistakes } from '../http/mistakes.ts';
import { describeProblem, usualProblems } from '../http/problem.ts';
import { afterParameter, limitParameter, nextPath, pageAfter } from '../http/query.ts';
import { toInstant } from '../views.ts';

export interface DevicesDeps {
  /** Installed now, ordered by DevEUI. */
  readonly devices: (nowMs: EpochMs) => readonly DeviceReport[];
  /** Who may see them; `null` shows them to nobody. */
  readonly token: string | null;
}

const path = '/api/v1/devices';
const listDevices = createRoute({
  method: 'get',
  path,
  summary: 'Installed devices with what may be wrong with them',
  tags: ['Operation'],
  security: [{ operator: [] }],
  request: {
    query: z.object({
      problem: deviceProblemSchema.optional().openapi({ description: 'only those that have it' }),
      limit: limitParameter(1000, 1000),
      after: afterParameter,
    }),
  },
  responses: {
    200: {
      description: 'Devices',
      content: { 'application/json': { schema: deviceListSchema } },
    },
    ...usualProblems.wrongParameter,
    ...usualProblems.tooMany,
    401: describeProblem('A valid bearer token is needed'),
    404: describeProblem('No token is configured: the list is switched off'),
  },
});

function toWatches({ target }: Installation): Device['watches'] {
  switch (target.kind) {
    case 'space':
      return { kind: target.kind, id: target.spaceId, gate: null };
    case 'stretch':
      return { kind: target.kind, id: target.stretchId, gate: null };
    case 'site-gate':
      return { kind: target.kind, id: target.siteId, gate: target.gate };
  }
}

const rounded = (ratio: number | null): number | null =>
  ratio === null ? null : Math.round(ratio * 1000) / 1000;

const toDevice = (report: DeviceReport): Device => ({
  id: report.installation.devEui,
  model: report.installation.model,
  watches: toWatches(report.installation),
  installedAt: toInstant(report.installation.fromMs),
  lastSeenAt: report.lastSeenMs === null ? null : toInstant(report.lastSeenMs),
  uplinks: report.uplinks,
  lostUplinks: report.lostUplinks,
  lossRatio: rounded(report.lossRatio),
  rssiDbm: report.health?.rssiDbm ?? null,
  snrDb: report.health?.snrDb ?? null,
  batteryV: report.health?.batteryV ?? null,
  batteryRatio: rounded(report.batteryRatio),
  batteryLow: report.health?.batteryLow ?? null,
  temperatureC: report.health?.temperatureC ?? null,
  faults: [...report.faults],
  problems: [...report.problems],
});

/** For operators only: what is installed where is nobody else's business. Never cached. */
export function createDevices(deps: DevicesDeps, now: () => EpochMs): OpenAPIHono {
  const app = new OpenAPIHono({ defaultHook: refuseMistakes });
  app.openAPIRegistry.registerComponent('securitySchemes', 'operator', {
    type: 'http',
    scheme: 'bearer',
  });
  app.use(path, (_, next) => {
    if (deps.token !== null) return next();
    throw new AppError('not-found', 'the list of devices is off: no access.token is configured');
  });
  app.use(path, requireBearer(deps.token));
  app.openapi(listDevices, (c) => {
    const query = c.req.valid('query');
    const nowMs = now();
    const all = deps
      .devices(nowMs)
      .map(toDevice)
      .filter(({ problems }) => query.problem === undefined || problems.includes(query.problem));
    const page = pageAfter(all, query.after, query.limit);
    const list: DeviceList = {
      publishedAt: toInstant(nowMs),
      totalCount: all.length,
      next: nextPath(path, query, 'after', page.lastId),
      items: [...page.items],
    };
    return c.json(list, 200, { 'Cache-Control': 'no-store' });
  });
  return app;
}
