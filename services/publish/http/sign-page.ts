import type { Sign } from '../../contract/sign.ts';
import { escapeHtml, htmlPage } from './html.ts';

const states: Readonly<Record<NonNullable<Sign['delivery']>['state'], string>> = {
  waiting: 'zurückgehalten, das Tageskontingent ist erschöpft',
  accepted: 'an den Netzwerkserver übergeben',
  queued: 'in der Warteschlange des Netzwerkservers',
  sent: 'gesendet',
  failed: 'fehlgeschlagen',
};

const board = (language: string, lines: readonly string[]): string =>
  `<div class="sign" lang="${language}">${lines
    .map((line) => `<p>${escapeHtml(line)}</p>`)
    .join('')}</div>`;

/** By the town's clocks; the instant itself is for programs. */
function time(at: string, timeZone: string): string {
  const format = new Intl.DateTimeFormat('de-DE', {
    timeZone,
    dateStyle: 'medium',
    timeStyle: 'medium',
  });
  return `<time datetime="${at}">${format.format(Date.parse(at))} Uhr</time>`;
}

/** A sign as people see it, in both languages, with what became of the message to it. */
export function signPage({ name, lines, since, delivery }: Sign, timeZone: string): string {
  const told =
    delivery === null
      ? 'Dieses Schild wird über die Schnittstelle abgefragt.'
      : `Letzte Nachricht: ${states[delivery.state]} (${time(delivery.at, timeZone)})${
          delivery.detail === null ? '' : `: ${escapeHtml(delivery.detail)}`
        }`;
  return htmlPage(
    'de',
    `Schild ${name}`,
    [
      `<h1>${escapeHtml(name)}</h1>`,
      board('de', lines.de),
      board('en', lines.en),
      `<p>Diese Anzeige gilt seit ${time(since, timeZone)}.</p>`,
      `<p>${told}</p>`,
      '<p><a href="">Neu laden</a></p>',
    ].join('\n'),
  );
}
