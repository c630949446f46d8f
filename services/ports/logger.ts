type Write = (fields: Readonly<Record<string, unknown>>, message: string) => void;

/** The part of pino in use: the message is a constant, values are fields. */
export interface Logger {
  readonly debug: Write;
  readonly info: Write;
  readonly warn: Write;
  readonly error: Write;
}
