import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** The dashboard's texts are generated code: made afresh before its tests run. */
export default async function compileMessages(): Promise<void> {
  await promisify(execFile)('npm', ['run', '--silent', 'messages'], { cwd: root });
}
