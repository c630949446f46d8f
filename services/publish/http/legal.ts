import type { EpochMs } from '../../domain/ids.ts';
import { dayMs } from '../../domain/local-time.ts';
import type { PublishSettings } from '../settings.ts';
import { toInstant } from '../views.ts';
import { escapeHtml, htmlPage, plainCss } from './html.ts';
import type { OwnText } from './own-text.ts';

/** How often the expiry of `security.txt` is moved, and how far: less than a year ahead (RFC 9116, 2.5.5). */
const renewedEveryMs = 30 * dayMs;
const holdsForMs = 360 * dayMs;

const linked = (text: string): string =>
  escapeHtml(text)
    .replaceAll(/https?:\/\/[^\s<>&]+[^\s<>&.,;:!?)]/g, (url) => `<a href="${url}">${url}</a>`)
    .replaceAll(/[\w.+-]+@[\w-]+(?:\.[\w-]+)+/g, (mail) => `<a href="mailto:${mail}">${mail}</a>`);

/** Blank lines part paragraphs, lines that begin with # are headings; nothing else is markup. */
function paragraphs(text: string): string {
  return text
    .split(/\n\s*\n/)
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map((part) => {
      const heading = /^#+\s*(.+)$/.exec(part);
      return heading?.[1] === undefined
        ? `<p>${linked(part).replaceAll('\n', '<br>')}</p>`
        : `<h2>${escapeHtml(heading[1])}</h2>`;
    })
    .join('\n');
}

/** The pages that people look for, and the setting that each is written in. */
export const legalPages = [
  { path: '/impressum', title: 'Impressum', setting: 'imprint' },
  { path: '/datenschutz', title: 'Datenschutz', setting: 'privacy' },
  {
    path: '/barrierefreiheit',
    title: 'Erklärung zur Barrierefreiheit',
    setting: 'accessibility',
  },
  { path: '/hilfe', title: 'Hilfe', setting: 'help' },
  { path: '/leichte-sprache', title: 'Leichte Sprache', setting: 'easyLanguage' },
  {
    path: '/gebaerdensprache',
    title: 'Deutsche Gebärdensprache',
    setting: 'signLanguage',
  },
] as const;

/** The pages the law asks for, where the operator has written them, and whom to tell of a weakness. */
export function legalTexts({ name, legal }: PublishSettings, nowMs: () => EpochMs): OwnText[] {
  const pages = legalPages
    .map((page) => ({ ...page, text: legal[page.setting] }))
    .filter(({ text }) => text.trim() !== '');
  const contact =
    legal.contactEmail === undefined ? '' : `\n<p>Kontakt: ${linked(legal.contactEmail)}</p>`;
  const texts: OwnText[] = pages.map(({ path, title, text }) => ({
    path,
    mediaType: 'text/html',
    text: () =>
      htmlPage(
        'de',
        `${title} – ${name}`,
        `<h1>${title}</h1>\n${paragraphs(text)}${contact}\n<p><a href="/">Zur Karte</a></p>`,
      ),
  }));
  texts.push({ path: '/plain.css', mediaType: 'text/css', text: () => plainCss });
  const { securityEmail } = legal;
  if (securityEmail !== undefined) {
    const renewedMs = (): EpochMs => Math.floor(nowMs() / renewedEveryMs) * renewedEveryMs;
    texts.push({
      path: '/.well-known/security.txt',
      mediaType: 'text/plain',
      edition: () => renewedMs().toString(36),
      // RFC 9116: contact and expiry are required.
      text: (baseUrl) =>
        [
          `Contact: mailto:${securityEmail}`,
          `Expires: ${toInstant(renewedMs() + holdsForMs)}`,
          'Preferred-Languages: de, en',
          `Canonical: ${baseUrl}/.well-known/security.txt`,
          '',
        ].join('\n'),
    });
  }
  return texts;
}
