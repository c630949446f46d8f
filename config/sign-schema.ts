import { z } from 'zod';

const id = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._:~-]{0,63}$/, 'letters, digits and ._:~-, at most 64');
const secret = z.strictObject({
  secret: z.string().regex(/^[A-Z][A-Z0-9_]*$/, 'upper-case letters, digits, _'),
});
const fPort = z.int().min(1).max(223);

/** Network servers that carry messages to signs; the ones uplinks come from are in `deployment.json`. */
const serverSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('tts-http'),
    name: id,
    url: z.url({ protocol: /^https?$/ }).describe('https://host of the cluster (HTTP API)'),
    application: z.string().min(1).describe('application id, without the tenant'),
    webhook: z.string().min(1).describe('id of a webhook of the application'),
    apiKey: secret.describe('API key with the right to write downlink traffic'),
  }),
  z.strictObject({
    kind: z.literal('chirpstack-mqtt'),
    name: id,
    url: z.url({ protocol: /^(mqtts?|wss?)$/ }).describe('the broker ChirpStack listens to'),
    username: z.string().optional(),
    password: secret.optional(),
    applicationId: z.string().min(1),
  }),
]);

/** How a text becomes bytes; the layouts are in `services/encoders`. */
const encoderSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('count-frame'),
    fPort: fPort.default(1),
    codes: z
      .strictObject({
        vacant: z.int().min(0).max(255).default(1),
        full: z.int().min(0).max(255).default(2),
        closed: z.int().min(0).max(255).default(3),
        noData: z.int().min(0).max(255).default(0),
      })
      .prefault({})
      .describe('first byte by what the sign says'),
    byteOrder: z.enum(['big', 'little']).default('big').describe('of the count'),
  }),
  z.strictObject({
    kind: z.literal('text-lines'),
    fPort: fPort.default(1),
    language: z.enum(['de', 'en']).default('de'),
    columns: z.int().min(4).max(40).default(16).describe('characters a line'),
    lines: z.int().min(1).max(4).default(2),
  }),
]);

const deviceSchema = z.strictObject({
  devEui: z
    .string()
    .transform((text) => text.replaceAll(/[-: ]/g, '').toUpperCase())
    .refine((text) => /^[0-9A-F]{16}$/.test(text), 'must be 16 hex digits'),
  deviceId: z.string().min(1).optional().describe('in The Things Stack; eui-… when absent'),
  server: id.describe('name of one of `servers`'),
  encoder: encoderSchema,
  spreadingFactor: z.int().min(7).max(12).default(9).describe('of the downlinks, at 125 kHz'),
  downlinksPerDay: z
    .int()
    .positive()
    .default(100)
    .describe('in any 24 hours; the Sandbox of The Things Stack allows 10'),
  airtimeSPerDay: z.number().positive().default(30).describe('in any 24 hours, s'),
});

const signSchema = z
  .strictObject({
    id,
    name: z.string().min(1),
    location: z.strictObject({
      lat: z.number().min(-90).max(90),
      lon: z.number().min(-180).max(180),
    }),
    sites: z.array(id).default([]).describe('whose vacant spaces it counts'),
    zones: z.array(id).default([]).describe('the kerbs of these zones count too'),
    garage: id.nullable().default(null).describe('named when the rest is full'),
    fullBelow: z.int().nonnegative().default(10).describe('fewer vacant spaces are called full'),
    changeEveryS: z.int().min(10).default(60).describe('shortest time between two texts, s'),
    device: deviceSchema.nullable().default(null).describe('null: read over HTTP only'),
  })
  .refine(({ sites, zones }) => sites.length + zones.length > 0, 'names no site and no zone');

/** `signs.json`, which a deployment may leave out. */
export const signsFileSchema = z.strictObject({
  servers: z.array(serverSchema).default([]),
  signs: z.array(signSchema).default([]),
});
export type SignsFile = z.output<typeof signsFileSchema>;
export type SignServerConfig = SignsFile['servers'][number];
