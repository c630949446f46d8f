import { z } from 'zod';
import { id, secret } from './naming-schema.ts';

const ttsMqtt = z.strictObject({
  kind: z.literal('tts-mqtt'),
  name: id.default('tts').describe('label in metrics and messages'),
  url: z.url().describe('mqtt://host:1883 or mqtts://host:8883 of the cluster the devices are on'),
  application: z
    .string()
    .min(1)
    .describe('{application id}@{tenant id}; open source edition: {application id}'),
  apiKey: secret.optional().describe('API key with the right to read application traffic'),
  silenceAfterS: z
    .int()
    .positive()
    .default(600)
    .describe('reconnect when no message came for this long, s'),
  storage: z
    .strictObject({
      url: z.url().describe('https://host of the cluster (HTTP API)'),
      apiKey: secret,
      everyMin: z.int().positive().default(15),
      overlapS: z.int().nonnegative().default(120),
      retentionH: z.number().positive().default(24).describe('24 on the Sandbox, 720 on Cloud'),
    })
    .optional()
    .describe('Storage Integration, to close gaps after a lost connection'),
});
const chirpstackMqtt = z.strictObject({
  kind: z.literal('chirpstack-mqtt'),
  name: id.default('chirpstack'),
  url: z.url(),
  username: z.string().optional(),
  password: secret.optional(),
  applicationId: z.string().default('+').describe('+ for all applications of the broker'),
  clientId: z
    .string()
    .min(1)
    .max(64)
    .default('parklotse')
    .describe('fixed: the broker keeps its session'),
  silenceAfterS: z.int().positive().default(600),
});
const webhook = z.strictObject({
  kind: z.literal('webhook'),
  name: id.default('webhook'),
  from: z.enum(['tts', 'chirpstack']),
  bearer: secret,
  maxBodyKb: z.int().positive().max(4096).default(256),
});

export const sourcesSchema = z
  .array(z.discriminatedUnion('kind', [ttsMqtt, chirpstackMqtt, webhook]))
  .superRefine((sources, context) => {
    const repeated = (field: 'name' | 'from', values: readonly unknown[], message: string) => {
      for (const [at, value] of values.entries())
        if (value !== null && values.indexOf(value) < at)
          context.addIssue({ code: 'custom', path: [at, field], message });
    };
    // What a source has come to is kept under its name.
    repeated(
      'name',
      sources.map(({ name }) => name),
      'another source has this name already',
    );
    repeated(
      'from',
      sources.map((source) => (source.kind === 'webhook' ? source.from : null)),
      'there is one webhook for each network server',
    );
  })
  .default([])
  .describe('network servers to listen to');
