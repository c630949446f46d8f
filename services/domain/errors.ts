/** Every kind of failure that crosses a boundary; the closed list that HTTP, exit codes and logs speak. */
export type ErrorCode =
  | 'invalid-config'
  | 'invalid-request'
  | 'unauthorized'
  | 'not-found'
  | 'site-not-found'
  | 'space-not-found'
  | 'zone-not-found'
  | 'payload-too-large'
  | 'rate-limited'
  | 'port-in-use'
  | 'log-unavailable'
  | 'log-corrupt'
  | 'store-unavailable'
  | 'store-refused'
  | 'source-unavailable'
  | 'broker-unavailable';

/** Trouble from outside or a refused request; our own bugs are plain errors and end the process. */
export class AppError extends Error {
  readonly code: ErrorCode;
  /** Whether the same call may succeed later without anybody changing anything. */
  readonly retryable: boolean;

  constructor(
    code: ErrorCode,
    message: string,
    options: { readonly retryable?: boolean; readonly cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause });
    this.name = 'AppError';
    this.code = code;
    this.retryable = options.retryable ?? false;
  }
}
