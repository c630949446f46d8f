import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { decoders } from '../../services/decoders/index.ts';

const root = new URL('../..', import.meta.url).pathname;

/** The command as `npm run decode` starts it, without npm's own lines. */
const start = (...options: readonly string[]) =>
  spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', 'services/app/decode.ts', ...options],
    { cwd: root },
  );

async function run(options: readonly string[], input = '') {
  const child = start(...options);
  child.stdin.end(input);
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ]);
  return { stdout, stderr, code: code as number };
}

const lines = (stdout: string): readonly unknown[] =>
  stdout
    .trimEnd()
    .split('\n')
    .map((line): unknown => JSON.parse(line));

test('decodes one payload', async () => {
  const { stdout, code } = await run(['--model', 'bosch-tps110', '--port', '2', '--hex', '01 FF']);
  expect(stdout).toBe(
    '{"ok":true,"reading":{"kind":"heartbeat","occupied":true,"temperatureC":-1}}\n',
  );
  expect(code).toBe(0);
});

test('a payload that is refused ends with 1 and the reason', async () => {
  const { stdout, code } = await run(['--model', 'bosch-tps110', '--port', '1', '--hex', '']);
  expect(lines(stdout)).toEqual([
    { ok: false, error: { code: 'wrong-length', detail: '0 bytes, expected 1' } },
  ]);
  expect(code).toBe(1);
});

test.each([
  [['--model', 'bosch-tps111', '--port', '1', '--hex', '01'], "no model 'bosch-tps111'"],
  [['--model', 'bosch-tps110', '--port', 'one', '--hex', '01'], "'one' is no integer"],
  [['--model', 'bosch-tps110', '--port', '256', '--hex', '01'], "'256' is no integer"],
  [['--model', 'bosch-tps110', '--port', '1', '--hex', '0g'], '--hex is not made of'],
  [['--model', 'bosch-tps110', '--port', '1'], '--hex is missing'],
  [['--port', '1', '--hex', '01'], '--model is missing'],
  [['--modell', 'bosch-tps110'], "'--modell'"],
  [['bosch-tps110'], "'bosch-tps110'"],
])(
  'wrong usage %j ends with 2, names the mistake and lists the models',
  async (options, mistake) => {
    const { stdout, stderr, code } = await run(options);
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toContain(mistake);
    for (const { model } of decoders) expect(stderr).toContain(model);
  },
);

test('names every mistake at once', async () => {
  const { stderr } = await run(['--model', 'x', '--port', '1x', '--hex', '1']);
  expect(stderr).toMatch(/--model: .*\n--port: .*\n--hex is not/);
});

test('reads JSON lines; a bad line gets its reason and the next one is read', async () => {
  const input = [
    '{"model":"nwave-ncc405","fPort":1,"hex":"06aa"}',
    'no json',
    '[]',
    '7',
    '',
    '{"model":"unheard-of","fPort":1,"hex":"01"}',
    '{"model":"bosch-tps110","fPort":"1","hex":"01"}',
    '{"model":"bosch-tps110","fPort":1,"hex":"0"}',
    '{"model":"bosch-tps110","fPort":9,"hex":"01"}',
    `{"model":"bosch-tps110","fPort":1,"hex":"${'00'.repeat(100_000)}"}`,
    '{"model":"bosch-tps110","fPort":1,"hex":"01"}\r',
    '{"model":"bosch-tps110","fPort":1,"hex":"00"}',
  ].join('\n');
  const { stdout, code } = await run([], input);
  const answers = lines(stdout) as readonly { ok: boolean; error?: { code: string } }[];
  expect(answers.map(({ ok, error }) => (ok ? 'ok' : error?.code))).toEqual([
    'ok',
    'malformed-json',
    'wrong-shape',
    'wrong-shape',
    'unknown-model',
    'wrong-shape',
    'wrong-shape',
    'unknown-port',
    'too-large',
    'ok',
    'ok',
  ]);
  expect(answers[0]).toEqual({
    ok: true,
    reading: { kind: 'count', countTotal: 1706, modulus: 65_536 },
  });
  expect(code).toBe(0);
});

test('answers a line before the input ends', async () => {
  const child = start();
  child.stdin.write('{"model":"bosch-tps110","fPort":1,"hex":"01"}\n');
  const [answer] = (await once(child.stdout, 'data')) as [Buffer];
  expect(lines(answer.toString())).toEqual([
    { ok: true, reading: { kind: 'status', occupied: true } },
  ]);
  child.stdin.end();
  await once(child, 'close');
});

test('a hundred thousand lines come back in order', async () => {
  const count = 100_000;
  const input = Array.from({ length: count }, (_, index) => {
    const total = (index % 65_536).toString(16).padStart(4, '0');
    return `{"model":"nwave-ncc405","fPort":1,"hex":"${total}"}\n`;
  }).join('');
  const { stdout, code } = await run([], input);
  const totals = lines(stdout).map(
    (answer) => (answer as { reading: { countTotal: number } }).reading.countTotal,
  );
  expect(totals).toEqual(Array.from({ length: count }, (_, index) => index % 65_536));
  expect(code).toBe(0);
});

test('ends quietly when its reader has seen enough', async () => {
  const child = start();
  child.stdin.on('error', () => undefined);
  child.stdout.once('data', () => child.stdout.destroy());
  const line = '{"model":"bosch-tps110","fPort":1,"hex":"01"}\n';
  child.stdin.end(line.repeat(100_000));
  const [stderr, [code]] = await Promise.all([text(child.stderr), once(child, 'close')]);
  expect(stderr).toBe('');
  expect(code).toBe(0);
});
