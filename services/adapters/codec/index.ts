import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { z } from 'zod';
import type { Mistake } from '../../../config/mistakes.ts';
import { err, ok, type Result } from '../../domain/result.ts';
import type { Codec } from '../../ports/codec.ts';
import { createCodec } from './codec.ts';
import { type Mapping, mappingSchema } from './mapping.ts';
import { createSandbox } from './quickjs.ts';

const mappingSuffix = '.mapping.json';

type Mistakes = readonly Mistake[];

const folder = (file: string): string => `codecs/${file}`;
const mistake = (file: string, where: string, reason: string): Mistakes => [
  { file: folder(file), where, reason },
];

const toMistakes = (file: string, error: z.ZodError): Mistakes =>
  error.issues.flatMap(({ path, message }) => mistake(file, path.map(String).join('.'), message));

async function readMapping(dir: string, file: string): Promise<Result<Mapping, Mistakes>> {
  try {
    const parsed = mappingSchema.safeParse(JSON.parse(await readFile(join(dir, file), 'utf8')));
    return parsed.success ? ok(parsed.data) : err(toMistakes(file, parsed.error));
  } catch (error) {
    return err(mistake(file, '', error instanceof Error ? error.message : String(error)));
  }
}

async function readSource(dir: string, file: string): Promise<Result<string, Mistakes>> {
  try {
    return ok(await readFile(join(dir, file), 'utf8'));
  } catch {
    return err(mistake(file, '', 'is missing'));
  }
}

/** The examples of the mapping are decoded; what differs is a mistake of the mapping. */
function checkExamples(file: string, codec: Codec, { examples }: Mapping): Mistakes {
  return examples.flatMap(({ name, fPort, hex, reading }, index) => {
    const result = codec.decode(fPort, Uint8Array.from(Buffer.from(hex, 'hex')));
    if (result.ok && isDeepStrictEqual(result.value, reading)) return [];
    const got = result.ok ? JSON.stringify(result.value) : result.error.detail;
    return mistake(file, `examples.${index}`, `'${name}' gives ${got}`);
  });
}

async function openCodec(dir: string, file: string): Promise<Result<Codec, Mistakes>> {
  const model = file.slice(0, -mappingSuffix.length);
  const mapping = await readMapping(dir, file);
  if (!mapping.ok) return mapping;
  const codecFile = mapping.value.codec ?? `${model}.js`;
  const source = await readSource(dir, codecFile);
  if (!source.ok) return source;
  const sandbox = await createSandbox(source.value, codecFile);
  if (!sandbox.ok) return err(mistake(codecFile, '', sandbox.error));

  const codec = createCodec(model, mapping.value, sandbox.value);
  const wrong = checkExamples(file, codec, mapping.value);
  if (wrong.length === 0) return ok(codec);
  codec.close();
  return err(wrong);
}

async function listFiles(dir: string): Promise<readonly string[]> {
  try {
    return (await readdir(dir)).toSorted();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

/**
 * The vendor codecs of a deployment folder: each `<model>.mapping.json` in `dir` with its codec, in a
 * sandbox of its own. Wrong files are mistakes, all of them at once; a folder that does not exist
 * holds no codecs.
 */
export async function openCodecs(
  dir: string,
): Promise<{ readonly codecs: readonly Codec[]; readonly mistakes: Mistakes }> {
  const files = (await listFiles(dir)).filter((file) => file.endsWith(mappingSuffix));
  const codecs: Codec[] = [];
  const mistakes: Mistake[] = [];
  for (const file of files) {
    const opened = await openCodec(dir, file);
    if (opened.ok) codecs.push(opened.value);
    else mistakes.push(...opened.error);
  }
  return { codecs, mistakes };
}
