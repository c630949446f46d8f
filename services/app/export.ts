import { localDateStart } from '../domain/local-time.ts';
import { runArchiveCommand } from './archive-command.ts';
import { exportArchive } from './archive.ts';
import { UsageError } from './options.ts';

const usage = `usage: npm run export -- --from DATE --to DATE [--config DIR] [--data DIR] [--without-log] DIR

  --from, --to   first local day, and the day after the last one, as YYYY-MM-DD
  --without-log  leave the raw uplinks out: with InfluxDB this works while the server runs
  DIR            where the archive goes: Parquet files by kind and day`;

const toStart = (name: string, date: string | undefined, timeZone: string): number => {
  try {
    return localDateStart(date ?? '', timeZone);
  } catch {
    throw new UsageError(`--${name} must be a day such as 2026-03-01, not '${date ?? ''}'`);
  }
};

process.exitCode = await runArchiveCommand(usage, ({ config, from, to, tell, ...tools }) => {
  const { name, timeZone } = config.deployment;
  const range = { fromMs: toStart('from', from, timeZone), toMs: toStart('to', to, timeZone) };
  if (range.fromMs >= range.toMs) throw new UsageError('--to must be a later day than --from');
  return exportArchive({
    ...tools,
    deployment: name,
    range,
    tell: (dayMs) => tell(new Date(dayMs).toISOString().slice(0, 10)),
  });
});
