import { readFileSync } from 'node:fs';
import type { Deployment } from './schema.ts';
import type { Mistake } from './mistakes.ts';

/** Names of secrets in the settings, with the path that names them. */
function secretNames(value: unknown, path: string): { name: string; path: string }[] {
  if (typeof value !== 'object' || value === null) return [];
  if ('secret' in value && typeof value.secret === 'string') return [{ name: value.secret, path }];
  return Object.entries(value).flatMap(([key, child]) =>
    secretNames(child, path ? `${path}.${key}` : key),
  );
}

/** The value of every secret the deployment names, from NAME or the file NAME_FILE points to. */
export function readSecrets(
  deployment: Deployment,
  env: Readonly<Record<string, string | undefined>>,
  mistakes: Mistake[],
): ReadonlyMap<string, string> {
  const secrets = new Map<string, string>();
  for (const { name, path } of secretNames(deployment, '')) {
    const file = env[`${name}_FILE`];
    try {
      const value = file === undefined ? env[name] : readFileSync(file, 'utf8').trimEnd();
      if (value) secrets.set(name, value);
      else
        mistakes.push({
          file: 'deployment.json',
          where: path,
          reason: `the secret is not set: give it in ${name}, or the path of a file with it in ${name}_FILE`,
        });
    } catch (cause) {
      mistakes.push({
        file: 'deployment.json',
        where: path,
        reason: `${name}_FILE: ${(cause as Error).message}`,
      });
    }
  }
  return secrets;
}
