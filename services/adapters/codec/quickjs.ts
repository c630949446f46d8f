import {
  newQuickJSWASMModule,
  newVariant,
  type QuickJSContext,
  type QuickJSHandle,
  type QuickJSRuntime,
  type QuickJSWASMModule,
  RELEASE_SYNC,
} from 'quickjs-emscripten';
import { err, ok, type Result } from '../../domain/result.ts';

interface SandboxLimits {
  /** Deeper recursion ends in the interpreter; from about 64 KB on it can overflow the host's stack instead. */
  readonly stackBytes: number;
  /**
   * Work of one call, in interrupt cycles of 10,000 steps. Not wall-clock time: a busy machine must
   * not fail a good codec. A usual decode takes under a thousandth of a cycle.
   */
  readonly cycles: number;
}

export const defaultLimits: SandboxLimits = {
  stackBytes: 32 * 1024,
  cycles: 10,
};

/** A codec in the TS013 form (LoRa Alliance, Payload Codec API), shut off from everything. */
export interface Sandbox {
  /** What `decodeUplink` returned, as JSON; the error is one line for people. */
  run(fPort: number, bytes: Uint8Array): Result<unknown, string>;
  close(): void;
}

/** Taken before the codec runs, so that it cannot replace them. `recvTime` is constant: the same bytes give the same reading. */
const prelude = `(function (parse, stringify, DateOf) {
  return function (decode) {
    return function (text) {
      var input = parse(text);
      input.recvTime = new DateOf(0);
      var output = stringify(decode(input));
      if (typeof output !== 'string') throw new TypeError('decodeUplink returned no object');
      if (output.length > 65536) throw new RangeError('decodeUplink returned over 64 KB');
      return output;
    };
  };
})(JSON.parse, JSON.stringify, Date)`;

const lookup = `if (typeof decodeUplink !== 'function') throw new TypeError('there is no function decodeUplink');
decodeUplink`;

interface Instance {
  readonly runtime: QuickJSRuntime;
  readonly context: QuickJSContext;
  readonly entry: QuickJSHandle;
  calls: number;
}

interface Failure {
  readonly text: string;
  /** Out of memory, stack or cycles: the runtime is not to be trusted any more. */
  readonly isExhausted: boolean;
  readonly isOutOfMemory: boolean;
}

/** The part of the WebAssembly API in use; its types otherwise come with the browser's. */
declare const WebAssembly: {
  readonly Memory: new (pages: { readonly initial: number; readonly maximum: number }) => object;
};

/** The least this build of QuickJS starts with, and here the most: 16 MiB, interpreter included. */
const memoryPages = 256;

/**
 * An interpreter in a memory of its own that cannot grow. QuickJS's own limit is no limit: in this
 * build it counts blocks, not bytes, and lets a script have 2 GB (measured).
 */
const newModule = (): Promise<QuickJSWASMModule> =>
  newQuickJSWASMModule(
    newVariant(RELEASE_SYNC, {
      wasmMemory: new WebAssembly.Memory({ initial: memoryPages, maximum: memoryPages }),
    }),
  );

function toFailure(context: QuickJSContext, error: QuickJSHandle): Failure {
  const dumped: unknown = context.dump(error);
  error.dispose();
  const { name, message } =
    typeof dumped === 'object' && dumped !== null
      ? (dumped as { readonly name?: unknown; readonly message?: unknown })
      : { name: 'thrown', message: dumped };
  return {
    text: `${String(name)}: ${String(message)}`.replaceAll(/\s+/g, ' ').slice(0, 200),
    // Without memory for an error object, null is thrown.
    isExhausted: name === 'InternalError' || dumped === null,
    isOutOfMemory: (name === 'InternalError' && message === 'out of memory') || dumped === null,
  };
}

function evaluate(
  context: QuickJSContext,
  code: string,
  file: string,
): Result<QuickJSHandle, Failure> {
  const result = context.evalCode(code, file, { type: 'global' });
  return result.error ? err(toFailure(context, result.error)) : ok(result.value);
}

/** Runs the codec's top level and finds its function. */
function load(
  context: QuickJSContext,
  source: string,
  file: string,
): Result<QuickJSHandle, Failure> {
  const wrap = evaluate(context, prelude, 'prelude');
  if (!wrap.ok) return wrap;
  try {
    const loaded = evaluate(context, source, file);
    if (!loaded.ok) return loaded;
    loaded.value.dispose();
    const decode = evaluate(context, lookup, 'lookup');
    if (!decode.ok) return decode;
    const entry = context.callFunction(wrap.value, context.undefined, decode.value);
    decode.value.dispose();
    return entry.error ? err(toFailure(context, entry.error)) : ok(entry.value);
  } finally {
    // A handle that is still held makes the interpreter abort when its runtime is freed.
    wrap.value.dispose();
  }
}

/**
 * Loads a codec into a runtime of its own. After a call that ran out of memory, stack or cycles the
 * runtime is replaced; after one that broke the interpreter itself (host stack overflow), so is the
 * interpreter, from a spare that is kept ready because making one takes time.
 *
 * Not stopped is a single built-in working on something huge (`new Array(4e9).join()`): between two
 * steps of the codec nothing asks. Codecs are chosen by the operator; payloads cannot cause it.
 */
export async function createSandbox(
  source: string,
  file: string,
  limits: SandboxLimits = defaultLimits,
): Promise<Result<Sandbox, string>> {
  let cyclesLeft = 0;
  let module: QuickJSWASMModule | undefined = await newModule();
  let spare: QuickJSWASMModule | undefined = await newModule();
  let instance: Instance | undefined;

  const open = (from: QuickJSWASMModule): Result<Instance, string> => {
    const runtime = from.newRuntime();
    runtime.setMaxStackSize(limits.stackBytes);
    cyclesLeft = limits.cycles;
    runtime.setInterruptHandler(() => --cyclesLeft < 0);
    const context = runtime.newContext();
    const entry = load(context, source, file);
    if (entry.ok) return ok({ runtime, context, entry: entry.value, calls: 0 });
    context.dispose();
    runtime.dispose();
    return err(entry.error.text);
  };

  const discard = (): void => {
    const old = instance;
    instance = undefined;
    if (old === undefined) return;
    old.entry.dispose();
    old.context.dispose();
    old.runtime.dispose();
  };

  /** The interpreter is broken: freeing anything in it would abort, so it is left to the garbage collector. */
  const abandon = (): void => {
    instance = undefined;
    module = spare;
    spare = undefined;
    void newModule().then((made) => {
      if (module === undefined) module = made;
      else spare = made;
    });
  };

  const call = ({ context, entry }: Instance, input: string): Result<string, Failure> => {
    cyclesLeft = limits.cycles;
    const text = context.newString(input);
    const result = context.callFunction(entry, context.undefined, text);
    text.dispose();
    if (result.error) return err(toFailure(context, result.error));
    const output = context.getString(result.value);
    result.value.dispose();
    return ok(output);
  };

  /** Once; a runtime that earlier calls have filled up does not cost the uplink that finds it full. */
  const attempt = (input: string): Result<string, string> => {
    if (module === undefined) return err('the interpreter broke and is being replaced');
    if (instance === undefined) {
      const opened = open(module);
      if (!opened.ok) return opened;
      instance = opened.value;
    }
    instance.calls += 1;
    const isFresh = instance.calls === 1;
    const result = call(instance, input);
    if (result.ok) return result;
    if (result.error.isExhausted) discard();
    return result.error.isOutOfMemory && !isFresh ? attempt(input) : err(result.error.text);
  };

  const guarded = <Value>(work: () => Result<Value, string>): Result<Value, string> => {
    try {
      return work();
    } catch (error) {
      abandon();
      return err(`the interpreter broke: ${error instanceof Error ? error.message : 'unknown'}`);
    }
  };

  const first = module;
  const opened = guarded(() => open(first));
  if (!opened.ok) return opened;
  instance = opened.value;

  return ok({
    run(fPort, bytes) {
      const input = `{"fPort":${fPort},"bytes":[${bytes.join(',')}]}`;
      const output = guarded(() => attempt(input));
      return output.ok ? ok(JSON.parse(output.value) as unknown) : output;
    },
    close: discard,
  });
}
