import { runArchiveCommand } from './archive-command.ts';
import { importArchive } from './archive.ts';
import { UsageError } from './options.ts';

const usage = `usage: npm run import -- [--config DIR] [--data DIR] [--without-log] DIR

  DIR            an archive that npm run export has written
  --without-log  leave the raw uplinks out; they are only taken into an empty log`;

process.exitCode = await runArchiveCommand(usage, ({ config: _, from, to, tell, ...tools }) => {
  if (from !== undefined || to !== undefined)
    throw new UsageError('an archive is imported as a whole: leave --from and --to out');
  return importArchive({ ...tools, tell });
});
