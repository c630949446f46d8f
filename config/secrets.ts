import { readFileSync } from 'node:fs';
import type { Mistake } from './mistakes.ts';

/** Names of secrets in the settings, with the path that names them. */
function secretNames(value: unknown, path: string): { name: string; path: string }[] {
  if (typeof value !== 'object' || value === null) return [];
  if ('secret' in value && typeof value.secret === 'string') return [{ name: value.secret, path }];
  return Object.entries(value).flatMap(([key, child]) =>
    secretNames(child, Array.isArray(value) ? `${path}[${key}]` : path ? `${path}.${key}` : key),
  );
}

/** The value of every secret the files name, each file with what it says, from NAME or the file NAME_FILE points to. */
export function readSecrets(
  files: Readonly<Record<string, unknown>>,
  env: Readonly<Record<string, string | undefined>>,
  mistakes: Mistake[],
): ReadonlyMap<string, string> {
  const secrets = new Map<string, string>();
  const named = Object.entries(files).flatMap(([file, settings]) =>
    secretNames(settings, '').map((secret) => ({ ...secret, file })),
  );
  for (const { name, path, file: where } of named) {
    const file = env[`${name}_FILE`];
    try {
      const value = file === undefined ? env[name] : readFileSync(file, 'utf8').trimEnd();
      if (value) secrets.set(name, value);
      else
        mistakes.push({
          file: where,
          where: path,
          reason: `the secret is not set: give it in ${name}, or the path of a file with it in ${name}_FILE`,
        });
    } catch (cause) {
      mistakes.push({
        file: where,
        where: path,
        reason: `${name}_FILE: ${(cause as Error).message}`,
      });
    }
  }
  return secrets;
}
