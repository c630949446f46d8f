import { z } from 'zod';

/** A secret is named in the file and given by the environment: NAME, or NAME_FILE with a path. */
export const secret = z
  .strictObject({ secret: z.string().regex(/^[A-Z][A-Z0-9_]*$/, 'upper-case letters, digits, _') })
  .describe(
    'name of an environment variable; NAME_FILE with the path of a mounted secret works too',
  );

export const id = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._:~-]{0,63}$/, 'letters, digits and ._:~-, at most 64');
