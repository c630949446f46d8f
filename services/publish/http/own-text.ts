import type { OpenAPIHono } from '@hono/zod-openapi';
import { answer } from './answer.ts';
import { cacheControl, pageHeaders } from './headers.ts';
import type { ServeDeps } from './serve-resource.ts';

/** A text that belongs to the server rather than to the data: a page, a style, a note for machines. */
export interface OwnText {
  readonly path: string;
  readonly mediaType: string;
  text(baseUrl: string): string;
  /** Another one whenever the text is another by itself; absent, it is the same while the server runs. */
  edition?(): string;
}

/** Answers GET with the text, kept like every other document. */
export function serveOwnText(
  app: OpenAPIHono,
  deps: Pick<ServeDeps, 'representations' | 'version' | 'baseUrlOf' | 'licenceUrl'>,
  { path, mediaType, text, edition }: OwnText,
): void {
  const headers = {
    ...(mediaType === 'text/html' ? pageHeaders(null) : {}),
    'Content-Type': mediaType.startsWith('text/') ? `${mediaType}; charset=utf-8` : mediaType,
    'Cache-Control': cacheControl.static,
    Link: `<${deps.licenceUrl}>; rel="license"`,
  };
  app.get(path, async (c) => {
    const baseUrl = deps.baseUrlOf(c);
    const key = `${baseUrl} ${path}`;
    const version = `${deps.version('static')}.${edition?.() ?? ''}`;
    return answer(c, await deps.representations.get(key, version, () => text(baseUrl)), headers);
  });
}
