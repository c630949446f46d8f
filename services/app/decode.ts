import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { decoders, findDecoder } from '../decoders/index.ts';
import { err, type Result } from '../domain/result.ts';

/** What `npm run decode` prints for one payload. */
interface Answer {
  readonly ok: boolean;
  readonly reading?: unknown;
  readonly error?: { readonly code: string; readonly detail: string };
}

const usage = `usage: npm run decode -- --model MODEL --port FPORT --hex HEX
       npm run decode < lines    one {"model":"…","fPort":1,"hex":"01"} a line

models: ${decoders.map((decoder) => decoder.model).join(', ')}`;

/** A longer line is no payload: LoRaWAN ends at 242 bytes. */
const maxLineLength = 65_536;

const refused = (code: string, detail: string): Answer => ({ ok: false, error: { code, detail } });

/** Bytes from hex digits, which may be grouped by spaces. */
function parseHex(text: string): Result<Uint8Array, string> {
  const digits = text.replaceAll(/\s/g, '');
  if (!/^(?:[0-9a-f]{2})*$/i.test(digits)) return err('is not made of pairs of hex digits');
  return { ok: true, value: Buffer.from(digits, 'hex') };
}

const isPort = (value: unknown): value is number =>
  Number.isInteger(value) && Number(value) >= 0 && Number(value) <= 255;

function decode(model: string, fPort: number, bytes: Uint8Array): Answer {
  const decoder = findDecoder(model);
  if (decoder === undefined) return refused('unknown-model', `no model '${model}'`);
  const result = decoder.decode(fPort, bytes);
  return result.ok ? { ok: true, reading: result.value } : result;
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function decodeLine(line: string): Answer {
  const input = parseJson(line);
  if (input === undefined) return refused('malformed-json', 'the line is no JSON');
  if (typeof input !== 'object' || input === null)
    return refused('wrong-shape', 'the line is no object');
  const { model, fPort, hex } = input as Readonly<Record<string, unknown>>;
  if (typeof model !== 'string') return refused('wrong-shape', 'model: expected text');
  if (!isPort(fPort)) return refused('wrong-shape', 'fPort: expected an integer from 0 to 255');
  if (typeof hex !== 'string') return refused('wrong-shape', 'hex: expected text');
  const bytes = parseHex(hex);
  if (!bytes.ok) return refused('wrong-shape', `hex: ${bytes.error}`);
  return decode(model, fPort, bytes.value);
}

/** Splits text that comes in pieces into lines and never holds more than one of them. */
function createLineSplitter() {
  let rest = '';
  let isSkipping = false;
  return {
    /** Complete lines up to here; `null` stands for one that was too long. */
    push(text: string): readonly (string | null)[] {
      const pieces = (rest + text).split('\n');
      rest = pieces.pop() ?? '';
      const lines = pieces.map((line, index) =>
        (index === 0 && isSkipping) || line.length > maxLineLength ? null : line,
      );
      if (lines.length > 0) isSkipping = false;
      if (rest.length > maxLineLength) {
        isSkipping = true;
        rest = '';
      }
      return lines;
    },
    end: (): readonly (string | null)[] => [isSkipping ? null : rest],
  };
}

function answerLines(lines: readonly (string | null)[]): string {
  let answers = '';
  for (const line of lines) {
    if (line?.trim() === '') continue;
    const answer =
      line === null ? refused('too-large', `over ${maxLineLength} characters`) : decodeLine(line);
    answers += `${JSON.stringify(answer)}\n`;
  }
  return answers;
}

/** Answers every piece of input at once, so that a waiting partner gets its line, and waits for slow readers. */
async function decodeLines(): Promise<void> {
  const write = async (text: string): Promise<void> => {
    if (text !== '' && !process.stdout.write(text)) await once(process.stdout, 'drain');
  };
  const splitter = createLineSplitter();
  process.stdin.setEncoding('utf8');
  for await (const text of process.stdin) await write(answerLines(splitter.push(String(text))));
  await write(answerLines(splitter.end()));
}

interface Options {
  readonly model: string;
  readonly fPort: number;
  readonly bytes: Uint8Array;
}

function parseOptions(values: {
  readonly model?: string | undefined;
  readonly port?: string | undefined;
  readonly hex?: string | undefined;
}): Result<Options, readonly string[]> {
  const { model, port, hex } = values;
  const bytes = hex === undefined ? err('is missing') : parseHex(hex);
  const fPort = Number(port);
  const mistakes = [
    ...(model === undefined ? ['--model is missing'] : []),
    ...(model !== undefined && findDecoder(model) === undefined
      ? [`--model: no model '${model}'`]
      : []),
    ...(port === undefined ? ['--port is missing'] : []),
    ...(port !== undefined && !(/^\d+$/.test(port) && isPort(fPort))
      ? [`--port: '${port}' is no integer from 0 to 255`]
      : []),
    ...(bytes.ok ? [] : [`--hex ${bytes.error}`]),
  ];
  return model !== undefined && bytes.ok && mistakes.length === 0
    ? { ok: true, value: { model, fPort, bytes: bytes.value } }
    : err(mistakes);
}

function parseCommandLine(): Result<Options | 'lines' | 'help', readonly string[]> {
  try {
    const { values } = parseArgs({
      options: {
        model: { type: 'string' },
        port: { type: 'string' },
        hex: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    });
    if (values.help === true) return { ok: true, value: 'help' };
    if (Object.keys(values).length === 0) return { ok: true, value: 'lines' };
    return parseOptions(values);
  } catch (error) {
    // parseArgs throws a TypeError that names the argument it does not know.
    return err([error instanceof Error ? error.message : String(error)]);
  }
}

/** 0: decoded; 1: the one payload was refused; 2: wrong usage. Lines end with 0, their answers tell. */
async function main(): Promise<number> {
  const command = parseCommandLine();
  if (!command.ok) {
    process.stderr.write(`${command.error.join('\n')}\n\n${usage}\n`);
    return 2;
  }
  if (command.value === 'help') {
    process.stdout.write(`${usage}\n`);
    return 0;
  }
  if (command.value === 'lines') {
    await decodeLines();
    return 0;
  }
  const { model, fPort, bytes } = command.value;
  const answer = decode(model, fPort, bytes);
  process.stdout.write(`${JSON.stringify(answer)}\n`);
  return answer.ok ? 0 : 1;
}

// A reader that has seen enough (`| head`) closes the pipe: that is no mistake.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(0);
});
process.exitCode = await main();
