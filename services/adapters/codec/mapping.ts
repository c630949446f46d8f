import { z } from 'zod';

const readingKinds = ['status', 'heartbeat', 'startup', 'count', 'config', 'debug'] as const;

const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()]);
const field = {
  from: z
    .string()
    .regex(/^[^.]+(\.[^.]+)*$/)
    .describe("where in the codec's data, as in `battery.mv` or `events.0.type`"),
  optional: z
    .boolean()
    .default(false)
    .describe('absent in the data means not known; else it is a mistake of the codec'),
};

const numberField = z.strictObject({
  ...field,
  times: z.number().default(1).describe('to our unit, as in 0.001 for millivolts'),
  plus: z.number().default(0).describe('added after `times`'),
  min: z.number().optional().describe('in our unit; below it the codec is wrong'),
  max: z.number().optional(),
});
const flagField = z.strictObject({
  ...field,
  yes: z.array(scalar).min(1).describe('values that mean yes'),
  no: z.array(scalar).min(1).describe('values that mean no; any other is a mistake of the codec'),
});
const textField = z.strictObject(field);
const countField = z.strictObject({
  direction: z.enum(['left', 'right', 'both']),
  vehicles: numberField,
  meanSpeedKmh: numberField.optional(),
  category: z.int().nonnegative().optional(),
});
const faultField = z.strictObject({
  fault: z.string().min(1).describe('our word for it'),
  from: field.from,
  when: z.array(scalar).min(1).describe('values that mean that the device has this fault'),
});

const readingSchema = z.strictObject({
  kind: z
    .union([
      z.enum(readingKinds),
      z.strictObject({ from: field.from, is: z.record(z.string(), z.enum(readingKinds)) }),
    ])
    .describe('the same for every payload of the port, or by a value of the data'),
  occupied: flagField.optional(),
  batteryV: numberField.optional(),
  batteryRatio: numberField.optional(),
  batteryLow: flagField.optional(),
  temperatureC: numberField.optional(),
  distanceM: numberField.optional(),
  counts: z.array(countField).min(1).optional(),
  countTotal: numberField.optional(),
  modulus: z.int().positive().optional(),
  previousStateMinMs: numberField.optional(),
  previousStateMaxMs: numberField.optional(),
  sequence: numberField.optional(),
  firmware: textField.optional(),
  resetCause: textField.optional(),
  faults: z.array(faultField).optional(),
});

const payloadBytes = z.int().min(1).max(242);
const lengths = z.union([
  z.array(payloadBytes).min(1),
  z.strictObject({ min: payloadBytes, max: payloadBytes }),
]);

/** `codecs/<model>.mapping.json`: what a device is, and what its codec's output means. */
export const mappingSchema = z.strictObject({
  vendor: z.string().min(1),
  name: z.string().min(1),
  watches: z.enum(['space', 'traffic']),
  heartbeatS: z.int().positive().describe('longest usual silence in seconds, for staleness'),
  source: z.string().min(1).describe('where the codec comes from, with its version'),
  occupiedBelowM: z.number().positive().optional(),
  codec: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9._-]*\.js$/)
    .optional()
    .describe('file beside this one; <model>.js when absent'),
  ports: z
    .record(
      z.string().regex(/^(\*|[1-9]\d{0,2})$/, 'a port from 1 to 223, or * for all others'),
      z.strictObject({
        bytes: lengths.describe('payload lengths that exist; checked before the codec runs'),
        reading: readingSchema,
      }),
    )
    .refine((ports) => Object.keys(ports).length > 0, 'at least one port'),
  examples: z
    .array(
      z.strictObject({
        name: z.string().min(1),
        fPort: z.int().min(1).max(223),
        hex: z.string().regex(/^([0-9a-fA-F]{2})+$/, 'pairs of hex digits'),
        reading: z.record(z.string(), z.unknown()),
      }),
    )
    .min(1)
    .describe('payloads with their readings, decoded at every start'),
});

export type Mapping = z.output<typeof mappingSchema>;
export type PortMapping = Mapping['ports'][string];
export type ReadingMapping = PortMapping['reading'];
export type NumberField = z.output<typeof numberField>;
export type FlagField = z.output<typeof flagField>;
export type TextField = z.output<typeof textField>;
