import { z } from 'zod';

const id = '[A-Za-z0-9][A-Za-z0-9._:~-]{0,63}';
const watches = new RegExp(`^(?:(space|stretch):(${id})|gate:(${id}):(in|out|left-in|right-in))$`);

/** A date is the beginning of that day in UTC. */
const instant = z.union([z.iso.date(), z.iso.datetime({ offset: true })]);

/** A line of `installations.csv`; empty fields mean "not given". */
export const installationSchema = z
  .strictObject({
    devEui: z
      .string()
      .transform((text) => text.replaceAll(/[-: ]/g, '').toUpperCase())
      .refine((text) => /^[0-9A-F]{16}$/.test(text), 'must be 16 hex digits'),
    model: z.string().min(1, 'is missing'),
    watches: z
      .string()
      .regex(watches, 'must be space:ID, stretch:ID or gate:SITE:in|out|left-in|right-in'),
    from: instant,
    until: z.union([z.literal(''), instant]).default(''),
    occupiedBelowM: z
      .union([z.literal(''), z.coerce.number().positive().max(20)])
      .default('')
      .describe('for distance sensors: nearer than this is a car, m'),
    countEveryMin: z
      .union([z.literal(''), z.coerce.number().int().min(1).max(1440)])
      .default('')
      .describe('for counters of intervals: how often they report, min; 15 when empty'),
  })
  .transform((row, context) => {
    const [, kind, target, gateSite, gate] = watches.exec(row.watches) ?? [];
    const fromMs = Date.parse(row.from);
    const untilMs = row.until === '' ? null : Date.parse(row.until);
    if (untilMs !== null && untilMs <= fromMs)
      context.addIssue({ code: 'custom', path: ['until'], message: 'must be after from' });
    return {
      devEui: row.devEui,
      model: row.model,
      fromMs,
      untilMs,
      occupiedBelowM: row.occupiedBelowM === '' ? null : row.occupiedBelowM,
      ...(row.countEveryMin !== '' && { countIntervalMs: row.countEveryMin * 60_000 }),
      target: {
        kind: gateSite === undefined ? (kind as 'space' | 'stretch') : ('site-gate' as const),
        id: gateSite ?? target ?? '',
        gate: gate as 'in' | 'out' | 'left-in' | 'right-in' | undefined,
      },
    };
  });
export type InstallationRow = z.output<typeof installationSchema>;
