import type { z } from 'zod';

/** One thing that is wrong in a deployment folder: which file, where in it, and why. */
export interface Mistake {
  readonly file: string;
  /** A line (`line 12`) or a path (`features[3].properties.kind`); '' is the file itself. */
  readonly where: string;
  readonly reason: string;
}

/** All mistakes of a deployment at once, so that they can be mended at once. */
export class ConfigError extends Error {
  readonly mistakes: readonly Mistake[];

  constructor(mistakes: readonly Mistake[]) {
    super(
      [
        `the configuration has ${mistakes.length === 1 ? 'a mistake' : `${mistakes.length} mistakes`}:`,
        ...mistakes.map(
          ({ file, where, reason }) => `  ${file}${where && `: ${where}`}: ${reason}`,
        ),
      ].join('\n'),
    );
    this.name = 'ConfigError';
    this.mistakes = mistakes;
  }
}

const toPath = (path: readonly PropertyKey[]): string =>
  path
    .map((part, at) => (typeof part === 'number' ? `[${part}]` : `${at ? '.' : ''}${String(part)}`))
    .join('');

/** The mistakes zod found, below `prefix` (`features[3].properties`). */
export const toMistakes = (file: string, error: z.ZodError, prefix = ''): Mistake[] =>
  error.issues.map((issue) => ({
    file,
    where: [prefix, toPath(issue.path)].filter(Boolean).join('.'),
    reason: issue.message,
  }));
