import type { EpochMs } from '../domain/ids.ts';
import { addWeeks, sumWeek, type WeekSums } from '../domain/metrics-profile.ts';
import { totalsBy } from '../domain/roll-up-totals.ts';
import type { RollUp, RollUpStep } from '../domain/roll-up.ts';
import type { HistoryStore, TimeRange } from '../ports/history-store.ts';
import type { RollUpSums } from '../ports/roll-up-sums.ts';

/** Sums are kept of blocks of seven days, counted from 1970: nobody asks for less than the rest of one. */
const blockMs = 7 * 86_400_000;
/** So many of them are kept as one where all of them are asked for: a year of 1,000 streets would not fit. */
const longBlocks = 8;
/** Blocks that are read at once when they are not known, and rows of many places: with ages a kilobyte each. */
const blocksAtOnce = 8;
const rowsAtOnce = 60_000;
const rowsOfBlock: Readonly<Record<RollUpStep, number>> = {
  '15min': 7 * 96,
  hour: 7 * 24,
  day: 7,
};
/** Kept sums, over all questions; one is some hundred bytes, with ages a kilobyte. */
const mostSums = 40_000;
/** Keys name their places, which may be thousands: so many letters weigh as much as a sum. */
const keyLettersOfSum = 1000;

const nextLong = (block: number): number => (Math.floor(block / longBlocks) + 1) * longBlocks;
const blockOf = (atMs: EpochMs): number => Math.floor(atMs / blockMs);

type Query = Parameters<RollUpSums['totals']>[0];

/** How a kind of sum is made of rows, put together, and how many sums it counts as. */
interface Kind<Sum> {
  readonly name: string;
  readonly step: RollUpStep;
  /** What is not wanted need not be read. */
  readonly ages: 'with-ages' | 'without-ages';
  readonly ofRows: (rows: readonly RollUp[]) => Sum;
  readonly together: (parts: readonly Sum[]) => Sum;
  readonly size: (sum: Sum) => number;
}

const listKind = (
  name: string,
  keyOf: (row: RollUp) => string | number,
  ages: Kind<unknown>['ages'],
): Kind<readonly RollUp[]> => {
  const ofRows = (rows: readonly RollUp[]) => [...totalsBy(rows, keyOf, ages).values()];
  return {
    name,
    step: 'day',
    ages,
    ofRows,
    together: (parts) => ofRows(parts.flat()),
    size: (sums) => sums.length,
  };
};
const totalsKind = listKind('totals', ({ id }) => id, 'with-ages');
const daysKind = listKind('days', ({ fromMs }) => fromMs, 'without-ages');
const weekKind = (timeZone: string): Kind<WeekSums> => ({
  name: 'week',
  step: 'hour',
  ages: 'with-ages',
  ofRows: (rows) => sumWeek(rows, timeZone),
  together: addWeeks,
  // Six numbers each, and ages for all of them together.
  size: ({ hours }) => hours.length / 4,
});

/** Blocks that follow each other. */
interface Span {
  readonly block: number;
  readonly blocks: number;
}

interface Piece extends Span {
  readonly step: RollUpStep;
  readonly sum: unknown;
  readonly size: number;
  readonly version: number;
}

/**
 * Sums of roll-ups, kept by blocks of time: a question about a year reads the days that are not in a
 * whole block, and the blocks that were written since. All writes must go through the returned store.
 */
export function createSumUp(deps: { readonly store: HistoryStore; readonly timeZone: string }): {
  readonly store: HistoryStore;
  readonly sums: RollUpSums;
} {
  const { store, timeZone } = deps;
  /** How often the roll-ups of a step in a block were written; unwritten ones are absent. */
  const versions = new Map<string, number>();
  /** The one asked for longest ago first. */
  const pieces = new Map<string, Piece>();
  let kept = 0;

  const versionOf = (step: RollUpStep, { block, blocks }: Span): number => {
    let sum = 0;
    for (let at = block; at < block + blocks; at += 1) sum += versions.get(`${step}|${at}`) ?? 0;
    return sum;
  };

  function drop(key: string): void {
    kept -= pieces.get(key)?.size ?? 0;
    pieces.delete(key);
  }

  function keep(key: string, made: Piece): void {
    const piece = { ...made, size: made.size + key.length / keyLettersOfSum };
    drop(key);
    pieces.set(key, piece);
    kept += piece.size;
    for (const oldest of pieces.keys()) {
      if (kept <= mostSums) return;
      drop(oldest);
    }
  }

  function find<Sum>({ step }: Kind<Sum>, key: string): Sum | undefined {
    const piece = pieces.get(key);
    if (!piece) return undefined;
    pieces.delete(key);
    if (piece.version !== versionOf(step, piece)) {
      kept -= piece.size;
      return undefined;
    }
    pieces.set(key, piece);
    return piece.sum as Sum;
  }

  async function sumOf<Sum>(kind: Kind<Sum>, query: Query): Promise<Sum> {
    const { scope, ids } = query;
    const { step, name, ofRows } = kind;
    const leaveOut = kind.ages === 'without-ages' && { leaveOut: 'ages' as const };
    const read = ({ fromMs, toMs }: TimeRange) =>
      store.rollUps({ scope, step, fromMs, toMs, ...(ids && { ids }), ...leaveOut });
    const places = ids?.join(',') ?? '*';
    const keyOf = ({ block, blocks }: Span) => `${name}|${scope}|${block}+${blocks}|${places}`;
    const atOnce = Math.min(
      blocksAtOnce,
      Math.max(1, Math.floor(rowsAtOnce / (rowsOfBlock[step] * (ids?.length ?? 1)))),
    );
    const first = Math.ceil(query.fromMs / blockMs);
    const end = blockOf(query.toMs);
    if (first >= end) return ofRows(await read(query));

    let parts: Sum[] = [];
    const keepSpan = (span: Span, sum: Sum, before: number): void => {
      // What was written meanwhile may be in it or not.
      if (before === versionOf(step, span))
        keep(keyOf(span), { ...span, step, sum, size: 1 + kind.size(sum), version: before });
    };
    const readBlocks = async ({ block: from, blocks }: Span): Promise<void> => {
      const spans = Array.from({ length: blocks }, (_, at) => ({ block: from + at, blocks: 1 }));
      const before = spans.map((span) => versionOf(step, span));
      const rows = await read({ fromMs: from * blockMs, toMs: (from + blocks) * blockMs });
      const byBlock = Map.groupBy(rows, ({ fromMs }) => blockOf(fromMs));
      for (const [at, span] of spans.entries()) {
        const sum = ofRows(byBlock.get(span.block) ?? []);
        parts.push(sum);
        keepSpan(span, sum, before[at] ?? 0);
      }
      // Of many places the parts of a year would be as large as its rows.
      parts = [kind.together(parts)];
    };
    const readLong = async (span: Span): Promise<void> => {
      const before = versionOf(step, span);
      let sum = kind.together([]);
      for (let at = span.block; at < span.block + span.blocks; at += atOnce) {
        const to = Math.min(span.block + span.blocks, at + atOnce);
        const rows = await read({ fromMs: at * blockMs, toMs: to * blockMs });
        sum = kind.together([sum, ofRows(rows)]);
      }
      keepSpan(span, sum, before);
      parts = [kind.together([...parts, sum])];
    };
    const readRest = async (fromMs: EpochMs, toMs: EpochMs): Promise<void> => {
      if (fromMs < toMs) parts.push(ofRows(await read({ fromMs, toMs })));
    };

    await readRest(query.fromMs, first * blockMs);
    for (let block = first; block < end;) {
      const isLong = block % longBlocks === 0 && block + longBlocks <= end;
      const span = { block, blocks: isLong ? longBlocks : 1 };
      const known = find(kind, keyOf(span));
      if (known !== undefined) parts.push(known);
      else if (isLong) await readLong(span);
      else {
        const most = Math.min(end, block + atOnce, nextLong(block));
        while (
          block + span.blocks < most &&
          !pieces.has(keyOf({ block: block + span.blocks, blocks: 1 }))
        )
          span.blocks += 1;
        await readBlocks(span);
      }
      block += span.blocks;
    }
    await readRest(end * blockMs, query.toMs);
    return kind.together(parts);
  }

  return {
    store: {
      ...store,
      async writeRollUps(rows) {
        try {
          await store.writeRollUps(rows);
        } finally {
          // Who failed may have written a part.
          const written = new Set(rows.map(({ step, fromMs }) => `${step}|${blockOf(fromMs)}`));
          for (const key of written) versions.set(key, (versions.get(key) ?? 0) + 1);
        }
      },
      async prune(before) {
        await store.prune(before);
        for (const [key, { step, block }] of pieces)
          if (block * blockMs < (before.rollUpsMs?.[step] ?? -Infinity)) drop(key);
      },
    },
    sums: {
      totals: (query) => sumOf(totalsKind, query),
      days: (query) => sumOf(daysKind, query),
      week: (query) => sumOf(weekKind(timeZone), query),
    },
  };
}
