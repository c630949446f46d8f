const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

export const escapeHtml = (text: string): string =>
  text.replaceAll(/[&<>"']/g, (character) => entities[character] ?? character);

/** A page of the server's own: no script, the style from our own origin, readable on a phone. */
export const htmlPage = (language: 'de' | 'en', title: string, body: string): string =>
  `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<link rel="icon" href="/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/plain.css">
</head>
<body>
<main>
${body}
</main>
</body>
</html>
`;

/** The style of these pages; contrast at least 4.5 in both colour schemes. */
export const plainCss = `:root { color-scheme: light dark; }
body { margin: 0; font: 1rem/1.5 system-ui, sans-serif; color: #1a1a1a; background: #fff; }
main { max-width: 60rem; margin: 0 auto; padding: 1rem; overflow-wrap: anywhere; }
h1, h2, h3 { line-height: 1.25; }
h2 { margin-top: 2.5rem; border-top: 1px solid #777; padding-top: 1rem; }
a { color: #00529c; }
a:focus-visible, summary:focus-visible { outline: 3px solid #00529c; outline-offset: 2px; }
code { font: 0.9em/1.4 ui-monospace, monospace; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: 0.25rem 0.75rem 0.25rem 0; border-bottom: 1px solid #999; }
.sign { width: fit-content; min-width: 12rem; margin: 1rem 0; padding: 0.5rem 1rem; border-radius: 0.25rem; color: #ffd75e; background: #111; font: 1.75rem/1.4 ui-monospace, monospace; }
.sign p { margin: 0; white-space: pre-wrap; }
summary { padding: 0.5rem 0; cursor: pointer; }
summary strong { padding: 0 0.375rem; border: 1px solid; border-radius: 0.25rem; font-size: 0.85em; }
@media (max-width: 40rem) {
  thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  tr { display: block; padding: 0.375rem 0; border-bottom: 1px solid #999; }
  td { display: block; padding: 0; border: 0; }
}
@media (prefers-color-scheme: dark) {
  body { color: #eee; background: #161616; }
  a { color: #8cc4ff; }
  a:focus-visible, summary:focus-visible { outline-color: #8cc4ff; }
}
`;
