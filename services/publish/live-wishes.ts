import { subscribeMessageSchema } from '../contract/live.ts';
import { err, ok, type Result } from '../domain/result.ts';
import { toMistakes } from './http/mistakes.ts';
import type { Wishes } from './live-items.ts';

export interface Subscription {
  readonly wishes: Wishes;
  readonly since: string | undefined;
}

/** What a client says it wants, as it came; the error is a sentence for it. */
export function readMessage(text: string): Result<Subscription, string> {
  let message: unknown;
  try {
    message = JSON.parse(text);
  } catch {
    return err('the message is no JSON');
  }
  return readSubscription(message);
}

function readSubscription(message: unknown): Result<Subscription, string> {
  const parsed = subscribeMessageSchema.safeParse(message);
  if (!parsed.success) return err(toMistakes(parsed.error));
  const { since, type: _type, ...wishes } = parsed.data;
  return ok({ wishes, since });
}

const list = (text: string | null): string[] | undefined => text?.split(',').filter(Boolean);

/** What the parameters of an address want: the fields of a subscription, lists separated by commas. */
export function readAddress(search: URLSearchParams): Result<Subscription, string> {
  const wishes = {
    since: search.get('since') ?? undefined,
    bbox: list(search.get('bbox'))?.map(Number),
    sites: list(search.get('sites')),
    zones: list(search.get('zones')),
    municipalities: list(search.get('municipalities')),
    kinds: list(search.get('kinds')),
  };
  const given = Object.entries(wishes).filter(([, value]) => value !== undefined);
  return readSubscription({ type: 'subscribe', ...Object.fromEntries(given) });
}
