import type { z } from 'zod';
import { AppError, type ErrorCode } from '../../domain/errors.ts';

/** Every mistake with its place, in one line for whoever asked. */
export const toMistakes = ({ issues }: z.ZodError): string =>
  issues
    .map(({ path, message }) => (path.length === 0 ? message : `${path.join('.')}: ${message}`))
    .join('; ');

/** The parsed input; throws `code` with every mistake. */
export function checked<Schema extends z.ZodType>(
  schema: Schema,
  raw: unknown,
  code: Extract<ErrorCode, 'invalid-request' | 'not-found'>,
): z.output<Schema> {
  const parsed = schema.safeParse(raw);
  if (parsed.success) return parsed.data;
  throw new AppError(code, toMistakes(parsed.error));
}

/** Hook of `OpenAPIHono` that refuses what a route does not understand, with every mistake. */
export function refuseMistakes(
  result: { readonly success: true } | { readonly success: false; readonly error: z.ZodError },
): void {
  if (!result.success) throw new AppError('invalid-request', toMistakes(result.error));
}
