import { AppError } from '../../domain/errors.ts';
import type { Logger } from '../../ports/logger.ts';
import type { Damage } from './segment.ts';

/** Tells each damaged place once, however often it is met. */
export function createDamageLog(log: Logger): (damage: Damage) => void {
  const told = new Set<string>();
  return ({ path, from, to }) => {
    const what = `${path} is damaged from byte ${from} to ${to}`;
    if (told.has(what)) return;
    told.add(what);
    log.error({ err: new AppError('log-corrupt', what) }, 'log records cannot be read');
  };
}
