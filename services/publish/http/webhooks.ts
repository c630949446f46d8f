import { OpenAPIHono, z } from '@hono/zod-openapi';
import { AppError, type ErrorCode } from '../../domain/errors.ts';
import { requireBearer } from './bearer.ts';
import { limitBody } from './body-limit.ts';
import { describeProblem } from './problem.ts';

/** The receiving end of a network server's webhook. */
export interface WebhookHandler {
  /** Nothing longer is read, with or without the secret. */
  readonly maxBodyBytes: number;
  /** Nothing is handled of who does not show this secret. */
  readonly bearer: string;
  /** 200 only after the uplink is in the log. `detail` explains a refusal. */
  handle(body: string): WebhookAnswer | Promise<WebhookAnswer>;
}

export interface WebhookAnswer {
  readonly status: number;
  readonly detail?: string;
}

const codeOf = (status: number): ErrorCode => {
  if (status === 413) return 'payload-too-large';
  if (status >= 500) return 'log-unavailable';
  return 'invalid-request';
};

/** `POST /ingest/<name>` for each handler; answers 200 or a problem. */
export function createWebhooks(handlers: Readonly<Record<string, WebhookHandler>>): OpenAPIHono {
  const app = new OpenAPIHono();
  for (const [name, handler] of Object.entries(handlers)) {
    const { maxBodyBytes } = handler;
    const limit = limitBody(maxBodyBytes, `more than ${maxBodyBytes} bytes`);
    const guard = requireBearer(handler.bearer, 'a valid bearer token is required');
    app.openAPIRegistry.registerPath({
      method: 'post',
      path: `/ingest/${name}`,
      summary: 'Webhook of the network server; the body is its own JSON',
      tags: ['Operation'],
      request: {
        headers: z.object({ authorization: z.string().openapi({ example: 'Bearer …' }) }),
        body: { content: { 'application/json': { schema: z.looseObject({}) } } },
      },
      responses: {
        200: { description: 'The uplink is in the log' },
        401: describeProblem('The secret is wrong'),
        413: describeProblem('The body is too large'),
        503: describeProblem('The log cannot be written now: send it again'),
      },
    });
    app.post(`/ingest/${name}`, limit, guard, async (c) => {
      const { status, detail } = await handler.handle(await c.req.text());
      if (status < 300) return c.body(null, 200);
      throw new AppError(codeOf(status), detail ?? '');
    });
  }
  return app;
}
