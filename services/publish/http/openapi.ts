import type { OpenAPIHono } from '@hono/zod-openapi';
import { liveFrameSchema, subscribeMessageSchema } from '../../contract/live.ts';
import { liveParameters } from '../live-stream.ts';
import { attributionOf, type PublishSettings } from '../settings.ts';
import { toInstant } from '../views.ts';
import type { DeprecatedPath } from './deprecation.ts';
import { docsPage } from './docs-page.ts';
import { exact } from './exact-schemas.ts';
import type { OwnText } from './own-text.ts';
import { describeProblem, usualProblems } from './problem.ts';

/** `/openapi.json`, OpenAPI 3.1 of every route that was registered, and the same to read at `/docs`. */
export function openApiTexts(
  app: OpenAPIHono,
  settings: PublishSettings,
  deprecated: readonly DeprecatedPath[],
): OwnText[] {
  describeLive(app);
  const documentFor = (baseUrl: string) => {
    const generated = app.getOpenAPI31Document({
      openapi: '3.1.0',
      info: {
        title: settings.name,
        version: '1',
        description: `${settings.description} Data: ${attributionOf(settings)}, ${settings.licence.name}.`,
        contact: { name: settings.publisher.name, url: settings.publisher.url },
        license: { name: settings.licence.name, url: settings.licence.url },
      },
      servers: [{ url: baseUrl }],
    });
    const document = exact(generated);
    for (const { path, sunsetMs, successor } of deprecated) {
      const operation = document.paths?.[path]?.get;
      if (!operation) continue;
      operation.deprecated = true;
      const until = `Answers until ${toInstant(sunsetMs).slice(0, 10)} at least; ask ${successor} instead.`;
      operation.description = [until, operation.description].filter(Boolean).join(' ');
    }
    return document;
  };
  return [
    {
      path: '/openapi.json',
      mediaType: 'application/json',
      text: (baseUrl) => JSON.stringify(documentFor(baseUrl)),
    },
    { path: '/docs', mediaType: 'text/html', text: (baseUrl) => docsPage(documentFor(baseUrl)) },
  ];
}

/** OpenAPI has no word for WebSockets: the upgrade is a GET, and its messages are the body of the 101. */
function describeLive(app: OpenAPIHono): void {
  app.openAPIRegistry.registerPath({
    method: 'get',
    path: '/api/v1/live',
    summary: 'WebSocket: a snapshot, then what changes',
    description:
      'Every message from the server is a LiveFrame. A SubscribeMessage narrows the subscription at any time; its fields work as query parameters too, lists separated by commas.',
    tags: ['Live'],
    request: {
      query: liveParameters,
    },
    responses: {
      101: {
        description:
          'Switching to WebSocket: messages from the server are LiveFrames, messages to it SubscribeMessages',
        content: {
          'application/json': { schema: liveFrameSchema },
          'application/json; direction=to-server': { schema: subscribeMessageSchema },
        },
      },
      426: describeProblem('Asked without an upgrade'),
      ...usualProblems.tooMany,
    },
  });
}
