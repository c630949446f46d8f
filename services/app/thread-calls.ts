import type { MessagePort, Worker } from 'node:worker_threads';
import { AppError } from '../domain/errors.ts';

/** Functions that another thread may call: what goes in and out must be plain data. */
export type Callable = Readonly<Record<string, (...args: never[]) => unknown>>;

interface Call {
  readonly kind: 'call';
  readonly id: number;
  readonly name: string;
  readonly args: readonly unknown[];
}
type Answer = { readonly kind: 'answer'; readonly id: number } & (
  { readonly value: unknown } | { readonly error: PlainError }
);

/** A thrown error as it crosses between threads, which would lose its code. */
export interface PlainError {
  readonly message: string;
  readonly stack: string | undefined;
  readonly code: string | undefined;
  readonly retryable: boolean | null;
}

export function toPlainError(cause: unknown): PlainError {
  const error = cause instanceof Error ? cause : new Error(String(cause));
  return {
    message: error.message,
    stack: error.stack,
    code: (error as NodeJS.ErrnoException).code,
    retryable: error instanceof AppError ? error.retryable : null,
  };
}

export function fromPlainError({ message, stack, code, retryable }: PlainError): Error {
  const error =
    retryable === null
      ? Object.assign(new Error(message), { code })
      : new AppError(code as AppError['code'], message, { retryable });
  return stack === undefined ? error : Object.assign(error, { stack });
}

const isOf = <Kind extends string>(message: unknown, kind: Kind): message is { kind: Kind } =>
  typeof message === 'object' && message !== null && 'kind' in message && message.kind === kind;

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** Calls functions of a thread; answers come in any order. When it has ended, every call fails with `ended`. */
export function callThread<Api extends Callable>(worker: Worker, ended: Error) {
  const waiting = new Map<number, Waiting>();
  let lastId = 0;
  let hasEnded = false;
  let settled = (): void => undefined;
  worker.on('message', (message: unknown) => {
    if (!isOf(message, 'answer')) return;
    const answer = message as Answer;
    const one = waiting.get(answer.id);
    waiting.delete(answer.id);
    if (waiting.size === 0) settled();
    if ('error' in answer) one?.reject(fromPlainError(answer.error));
    else one?.resolve(answer.value);
  });
  worker.on('exit', () => {
    hasEnded = true;
    settled();
    for (const { reject } of waiting.values()) reject(ended);
    waiting.clear();
  });
  return {
    call: <Name extends keyof Api & string>(
      name: Name,
      ...args: Parameters<Api[Name]>
    ): Promise<Awaited<ReturnType<Api[Name]>>> =>
      new Promise((resolve, reject) => {
        if (hasEnded) {
          reject(ended);
          return;
        }
        lastId += 1;
        waiting.set(lastId, { resolve: resolve as Waiting['resolve'], reject });
        worker.postMessage({ kind: 'call', id: lastId, name, args } satisfies Call);
      }),
    /** Resolves when every call that was made is answered. */
    allAnswered: (): Promise<void> =>
      new Promise((resolve) => {
        settled = resolve;
        if (waiting.size === 0 || hasEnded) resolve();
      }),
  };
}

/** Answers the calls of the main thread; `beforeAnswer` may tell it something that the answer depends on. */
export function answerCalls(
  port: MessagePort,
  api: Callable,
  beforeAnswer: () => void = () => undefined,
): void {
  const run = ({ name, args }: Call): unknown =>
    (api[name] as (...args: readonly unknown[]) => unknown)(...args);
  port.on('message', (message: unknown) => {
    if (!isOf(message, 'call')) return;
    const call = message as Call;
    const answer = (what: { value: unknown } | { error: PlainError }): void => {
      beforeAnswer();
      port.postMessage({ kind: 'answer', id: call.id, ...what } satisfies Answer);
    };
    Promise.try(run, call).then(
      (value) => answer({ value }),
      (cause: unknown) => answer({ error: toPlainError(cause) }),
    );
  });
}
