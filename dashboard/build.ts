import { execFile } from 'node:child_process';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const root = fileURLToPath(new URL('..', import.meta.url));

async function newestMs(folder: string): Promise<number> {
  const entries = await readdir(join(root, folder), { recursive: true, withFileTypes: true });
  const files = entries.filter(
    (entry) =>
      entry.isFile() &&
      !entry.parentPath.includes('paraglide') &&
      !entry.parentPath.includes('inlang'),
  );
  const times = await Promise.all(
    files.map(async (file) => (await stat(join(file.parentPath, file.name))).mtimeMs),
  );
  return Math.max(0, ...times);
}

/** Builds the pages unless the build is newer than every source. */
export async function buildDashboard(): Promise<void> {
  const builtMs = await stat(join(root, 'dist/dashboard/index.html')).then(
    ({ mtimeMs }) => mtimeMs,
    () => 0,
  );
  if (builtMs > (await newestMs('dashboard'))) return;
  // Whoever asks, a test runner included, gets the pages as they are shipped.
  const env = { ...process.env, NODE_ENV: 'production' };
  await promisify(execFile)('npm', ['run', '--silent', 'build'], { cwd: root, env });
}

if (import.meta.main) await buildDashboard();
