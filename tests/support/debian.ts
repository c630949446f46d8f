import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const isInstalled = (name: string): boolean =>
  spawnSync('dpkg-query', ['--show', '--showformat=${db:Status-Status}', name], {
    encoding: 'utf8',
  }).stdout === 'installed';

/**
 * Makes sure that Debian packages are there: installs what is missing where it may (as root), else throws
 * one sentence that names them. Test workers wait for each other and the second finds all installed.
 */
export function ensureDebianPackages(names: readonly string[]): void {
  if (names.every(isInstalled)) return;
  const list = names.filter((name) => !isInstalled(name)).join(' ');
  if (process.getuid?.() !== 0) {
    throw new Error(`the tests need Debian packages: run 'apt-get install ${list}' as root`);
  }
  // flock(1) releases the lock whatever happens to its holder, so a lock file left behind does no harm.
  const install = `apt-get update -qq && apt-get install -qq -y --no-install-recommends ${list}`;
  const { status, stderr } = spawnSync(
    'flock',
    [join(tmpdir(), 'parklotse-apt.lock'), 'sh', '-c', install],
    { encoding: 'utf8', env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } },
  );
  if (status !== 0) {
    throw new Error(`the tests need Debian packages (${list}), and apt-get failed: ${stderr}`);
  }
}
