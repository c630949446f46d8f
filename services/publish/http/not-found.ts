import type { Context } from 'hono';
import type { PublishSettings } from '../settings.ts';
import { pageHeaders } from './headers.ts';
import { escapeHtml, htmlPage } from './html.ts';
import { legalPages } from './legal.ts';
import { problemResponse } from './problem.ts';
import { respond } from './respond.ts';

const wayOn = `<p><a href="/">Zur Karte</a> · <a href="/daten">Offene Daten</a> · <a href="/docs" hreflang="en">API</a></p>`;

/** Whom to ask while the operator has not written a page that people look for, and where its text belongs. */
function unwrittenPage(
  { name, publisher }: PublishSettings,
  { title, setting }: (typeof legalPages)[number],
): string {
  const whom = `<a href="${escapeHtml(publisher.url)}" rel="noopener noreferrer">${escapeHtml(publisher.name)}</a> (<a href="mailto:${escapeHtml(publisher.email)}">${escapeHtml(publisher.email)}</a>)`;
  return htmlPage(
    'de',
    `${title} – ${name}`,
    `<h1>${title}</h1>
<p>Diese Seite hat der Betreiber noch nicht geschrieben. Fragen beantwortet bis dahin ${whom}.</p>
<p lang="en">The operator has not written this page yet. Until then, questions are answered by ${whom}.</p>
<h2>Für den Betreiber</h2>
<p>Der Text gehört in <code>deployment.json</code>, Einstellung <code>legal.${setting}</code>; danach neu starten.</p>
${wayOn}`,
  );
}

const strayPage = ({ name }: PublishSettings, path: string): string =>
  htmlPage(
    'de',
    `Nicht gefunden – ${name}`,
    `<h1>Diese Seite gibt es nicht</h1>
<p>Unter <code>${escapeHtml(path)}</code> liegt hier nichts.</p>
<p lang="en">There is nothing at this address.</p>
${wayOn}`,
  );

/** What answers where nothing is: people get a page that helps them on, programs a problem. */
export const notFound =
  (settings: PublishSettings) =>
  (c: Context): Response => {
    const { path } = c.req;
    const vary = { Vary: 'Accept' };
    if (!(c.req.header('accept') ?? '').includes('text/html'))
      return problemResponse(c, 'not-found', `nothing at ${path}`, {}, vary);
    const legal = legalPages.find((page) => page.path === path);
    const page = legal ? unwrittenPage(settings, legal) : strayPage(settings, path);
    return respond(c, 404, page, {
      ...pageHeaders(null),
      ...vary,
      'Content-Type': 'text/html; charset=utf-8',
      'Cache-Control': 'no-store',
    });
  };
