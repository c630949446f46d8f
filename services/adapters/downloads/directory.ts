import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { z } from 'zod';
import { AppError } from '../../domain/errors.ts';
import type { MunicipalityId } from '../../domain/ids.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Download, Downloads } from '../../ports/downloads.ts';
import { writeCsv } from './csv.ts';
import type { Notice } from './notice.ts';
import { writeParquet } from './parquet.ts';

const indexSchema = z.array(
  z.strictObject({
    kind: z.enum(['day', 'month']),
    name: z.string().regex(/^[0-9][0-9A-Za-z._:~-]*$/),
    municipalityId: z
      .custom<MunicipalityId>((id) => typeof id === 'string')
      .nullable()
      .default(null),
    fromMs: z.number(),
    toMs: z.number(),
    madeAtMs: z.number(),
    rows: z.int(),
    bytes: z.int(),
    sha256: z.string().length(64),
  }),
);

/** What the index says and the disk agrees with; anything else is made again. */
async function readIndex(dir: string): Promise<Download[]> {
  const text = await readFile(join(dir, 'index.json'), 'utf8').catch(() => '[]');
  let index: unknown;
  try {
    index = JSON.parse(text);
  } catch {
    return [];
  }
  const parsed = indexSchema.safeParse(index);
  const known: Download[] = [];
  for (const file of parsed.data ?? []) {
    const found = await stat(join(dir, file.name)).catch(() => undefined);
    if (found?.size === file.bytes) known.push(file);
  }
  return known;
}

async function checksum(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}

async function sync(path: string): Promise<void> {
  const file = await open(path, 'r');
  await file.datasync();
  await file.close();
}

/** History files in a directory, with an index beside them; each is written beside, synced and renamed. */
export async function directoryDownloads(options: {
  readonly dir: string;
  readonly notice: Notice;
  readonly clock: Clock;
}): Promise<Downloads> {
  const { dir, notice, clock } = options;
  await mkdir(dir, { recursive: true });
  let files: readonly Download[] = await readIndex(dir);

  const replace = async (made: Download): Promise<void> => {
    const others = files.filter(({ name }) => name !== made.name);
    files = [...others, made].sort((a, b) => (a.name < b.name ? -1 : 1));
    const beside = join(dir, 'index.json.new');
    await writeFile(beside, JSON.stringify(files));
    await rename(beside, join(dir, 'index.json'));
  };

  return {
    list: () => files,
    async write(plan, parts) {
      const madeAtMs = clock.now();
      const beside = join(dir, `${plan.name}.new`);
      try {
        const write = plan.kind === 'day' ? writeCsv : writeParquet;
        const rows = await write(beside, notice, parts);
        await sync(beside);
        const sha256 = await checksum(beside);
        const { size: bytes } = await stat(beside);
        await rename(beside, join(dir, plan.name));
        await replace({ ...plan, madeAtMs, rows, bytes, sha256 });
      } catch (cause) {
        const isOutside =
          !(cause instanceof AppError) && typeof (cause as NodeJS.ErrnoException).code === 'string';
        if (!isOutside) throw cause;
        throw new AppError('store-unavailable', `${plan.name} cannot be written`, {
          cause,
          retryable: true,
        });
      }
    },
    read: (name, first, last) =>
      Readable.toWeb(
        createReadStream(join(dir, name), { start: first, end: last }),
      ) as ReadableStream<Uint8Array>,
  };
}
