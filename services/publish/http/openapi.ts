import type { OpenAPIHono } from '@hono/zod-openapi';
import { attributionOf, type PublishSettings } from '../settings.ts';
import { docsPage } from './docs-page.ts';
import type { OwnText } from './own-text.ts';

/** `/openapi.json`, OpenAPI 3.1 of every route that was registered, and the same to read at `/docs`. */
export function openApiTexts(app: OpenAPIHono, settings: PublishSettings): OwnText[] {
  const documentFor = (baseUrl: string) =>
    app.getOpenAPI31Document({
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
  return [
    {
      path: '/openapi.json',
      mediaType: 'application/json',
      text: (baseUrl) => JSON.stringify(documentFor(baseUrl)),
    },
    { path: '/docs', mediaType: 'text/html', text: (baseUrl) => docsPage(documentFor(baseUrl)) },
  ];
}
