import { err, type Result } from '../../domain/result.ts';
import type { Codec, CodecError } from '../../ports/codec.ts';
import type { Mapping, PortMapping } from './mapping.ts';
import type { Sandbox } from './quickjs.ts';
import { toReading } from './to-reading.ts';

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isApplicationPort = (fPort: number): boolean =>
  Number.isInteger(fPort) && fPort >= 1 && fPort <= 223;

const allows = (bytes: PortMapping['bytes'], length: number): boolean =>
  Array.isArray(bytes) ? bytes.includes(length) : length >= bytes.min && length <= bytes.max;

const lengthText = (bytes: PortMapping['bytes']): string =>
  Array.isArray(bytes) ? bytes.join(' or ') : `${bytes.min} to ${bytes.max}`;

/** `data` of a TS013 result, or why there is none: `errors` mean that the payload is at fault. */
function dataOf(output: unknown): Result<unknown, CodecError> {
  const failed = (detail: string): Result<never, CodecError> =>
    err({ code: 'codec-failed', detail });
  if (!isObject(output)) return failed('decodeUplink returned no object');
  const { data, errors } = output;
  if (errors !== undefined && !Array.isArray(errors)) return failed('errors is no list');
  if (errors !== undefined && errors.length > 0)
    return err({ code: 'invalid-payload', detail: errors.map(String).join('; ').slice(0, 200) });
  return isObject(data) ? { ok: true, value: data } : failed('data is no object');
}

/** A codec behind its mapping. Port and length are checked before it runs: an empty payload frees no space. */
export function createCodec(model: string, mapping: Mapping, sandbox: Sandbox): Codec {
  const { vendor, name, watches, heartbeatS, source, occupiedBelowM, ports } = mapping;
  const mappingFile = `${model}.mapping.json`;
  const codecFile = mapping.codec ?? `${model}.js`;
  return {
    model,
    vendor,
    name,
    watches,
    heartbeatS,
    source,
    ...(occupiedBelowM === undefined ? {} : { occupiedBelowM }),
    decode(fPort, bytes) {
      const port = isApplicationPort(fPort) ? (ports[String(fPort)] ?? ports['*']) : undefined;
      if (port === undefined) return err({ code: 'unknown-port', detail: `fPort ${fPort}` });
      if (!allows(port.bytes, bytes.length))
        return err({
          code: 'wrong-length',
          detail: `${bytes.length} bytes, expected ${lengthText(port.bytes)}`,
        });

      const output = sandbox.run(fPort, bytes);
      if (!output.ok) return err({ code: 'codec-failed', detail: `${codecFile}: ${output.error}` });
      const data = dataOf(output.value);
      if (!data.ok)
        return err({ code: data.error.code, detail: `${codecFile}: ${data.error.detail}` });
      const reading = toReading(port.reading, data.value);
      return reading.ok
        ? reading
        : err({ code: 'codec-failed', detail: `${mappingFile}: ${reading.error}` });
    },
    close: sandbox.close,
  };
}
