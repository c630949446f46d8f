import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { AppError, type ErrorCode } from '../../domain/errors.ts';

/** The receiving end of a network server's webhook; the adapter behind it checks the secret. */
export interface WebhookHandler {
  /** 2xx only after the uplink is in the log. `detail` explains a refusal. */
  handle(request: {
    readonly authorization: string | undefined;
    readonly body: string;
  }): WebhookAnswer | Promise<WebhookAnswer>;
}

export interface WebhookAnswer {
  readonly status: number;
  readonly detail?: string;
}

/** The largest body any webhook may be configured to take; the adapter's own limit is at most this. */
const largestBodyBytes = 4096 * 1024;

const codeOf = (status: number): ErrorCode => {
  if (status === 401 || status === 403) return 'unauthorized';
  if (status === 413) return 'payload-too-large';
  if (status >= 500) return 'log-unavailable';
  return 'invalid-request';
};

/** `POST /ingest/<name>` for each handler; answers 204 or a problem. */
export function createWebhooks(handlers: Readonly<Record<string, WebhookHandler>>): Hono {
  const app = new Hono();
  const limit = bodyLimit({
    maxSize: largestBodyBytes,
    onError: () => {
      throw new AppError('payload-too-large', `more than ${largestBodyBytes} bytes`);
    },
  });
  for (const [name, handler] of Object.entries(handlers)) {
    app.post(`/ingest/${name}`, limit, async (c) => {
      const authorization = c.req.header('authorization');
      const { status, detail } = await handler.handle({ authorization, body: await c.req.text() });
      if (status < 300) return c.body(null, 204);
      throw new AppError(codeOf(status), detail ?? '');
    });
  }
  return app;
}
