import type { OpenAPIHono } from '@hono/zod-openapi';
import { attributionOf, type PublishSettings } from '../settings.ts';
import { answer } from './answer.ts';
import { cacheControl } from './headers.ts';
import type { ServeDeps } from './serve-resource.ts';

/** `/openapi.json`: OpenAPI 3.1 of every route that was registered. */
export function serveOpenApi(app: OpenAPIHono, settings: PublishSettings, deps: ServeDeps): void {
  const documentFor = (baseUrl: string): string =>
    JSON.stringify(
      app.getOpenAPI31Document({
        openapi: '3.1.0',
        info: {
          title: settings.name,
          version: '1',
          description: `${settings.description}\n\nData: ${attributionOf(settings)}, ${settings.licence.name}.`,
          contact: { name: settings.publisher.name, url: settings.publisher.url },
          license: { name: settings.licence.name, url: settings.licence.url },
        },
        servers: [{ url: baseUrl }],
      }),
    );
  app.get('/openapi.json', async (c) => {
    const baseUrl = deps.baseUrlOf(c);
    const representation = await deps.representations.get(
      `${baseUrl} /openapi.json`,
      deps.version('static'),
      () => documentFor(baseUrl),
    );
    return answer(c, representation, {
      'Content-Type': 'application/json',
      'Cache-Control': cacheControl.static,
      Link: `<${settings.licence.url}>; rel="license"`,
    });
  });
}
