/** A program that runs as it stands; tests/e2e/developer-page.test.ts runs every one. */
export interface Example {
  readonly id: 'list' | 'box' | 'changed' | 'stream' | 'files' | 'pages' | 'live';
  readonly language: 'curl' | 'typescript';
  /** It goes on until it is ended. */
  readonly isEndless: boolean;
  readonly code: string;
}

/** The examples for a server, e.g. `https://parken.example.org`, and a box of its area. */
export function examplesFor(origin: string, box: string): readonly Example[] {
  const curl = (id: Example['id'], code: string, isEndless = false): Example => ({
    id,
    language: 'curl',
    isEndless,
    code,
  });
  const typescript = (id: Example['id'], code: string, isEndless = false): Example => ({
    ...curl(id, code, isEndless),
    language: 'typescript',
  });
  return [
    curl('list', `curl --compressed '${origin}/api/v1/sites?limit=5'`),
    curl('box', `curl --compressed '${origin}/api/v1/spaces?bbox=${box}&limit=100'`),
    curl(
      'changed',
      `curl --compressed --etag-save sites.etag --etag-compare sites.etag \\
  --output sites.json '${origin}/api/v1/sites'`,
    ),
    curl('stream', `curl --no-buffer '${origin}/api/v1/stream?kinds=sites'`, true),
    curl('files', `curl '${origin}/api/v1/history?kind=day'`),
    typescript(
      'pages',
      `interface Page {
  items: { name: string; status: { numberOfVacantSpaces: number | null } }[];
  next: string | null;
}

let path: string | null = '/api/v1/sites';
while (path !== null) {
  const response = await fetch('${origin}' + path);
  if (!response.ok) throw new Error(await response.text());
  const page = (await response.json()) as Page;
  for (const { name, status } of page.items) {
    console.log(name, status.numberOfVacantSpaces ?? 'unknown');
  }
  path = page.next;
}`,
    ),
    typescript(
      'live',
      `interface Frame {
  type: 'snapshot' | 'delta' | 'heartbeat' | 'error';
  cursor: string;
  sites?: { id: string; numberOfVacantSpaces: number | null }[];
}

let since = '';
function connect() {
  const live = new WebSocket('${origin.replace(/^http/, 'ws')}/api/v1/live?kinds=sites' + since);
  live.onmessage = ({ data }) => {
    const frame = JSON.parse(data) as Frame;
    since = '&since=' + frame.cursor;
    console.log(frame.type, frame.sites?.length ?? 0);
  };
  live.onclose = () => setTimeout(connect, 3000);
}
connect();`,
      true,
    ),
  ];
}
