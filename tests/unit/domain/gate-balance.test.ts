import { describe, expect, test } from 'vitest';
import { gateBalance, type GateInstallation } from '../../../services/domain/gate-balance.ts';
import { toSiteId } from '../../../services/domain/ids.ts';
import { createTracker } from '../../../services/domain/tracker.ts';
import { countTotal, devEui, health, observed } from '../../support/builders.ts';

const patienceOf = () => ({ heartbeatMs: 1_000_000, staleAfterMs: 3_000_000 });
const gate = (device: number, site: string, fromMs: number, untilMs: number | null) =>
  ({
    devEui: devEui(device),
    model: 'counter',
    target: { kind: 'site-gate', siteId: toSiteId(site), gate: 'in' },
    fromMs,
    untilMs,
    occupiedBelowM: null,
  }) satisfies GateInstallation;

describe('the balance of a site’s gates', () => {
  const tracker = createTracker();
  const hear = (at: GateInstallation, atMs: number, total: number) =>
    tracker.apply(
      observed({
        health: health(atMs, { devEui: at.devEui, fCnt: atMs }),
        totals: [countTotal(atMs, total, { devEui: at.devEui, target: at.target })],
      }),
    );
  const before = gate(1, 'garage', 0, 100_000);
  const moved = gate(1, 'yard', 100_000, null);
  const after = gate(2, 'garage', 100_000, null);
  const balance = (gates: readonly GateInstallation[], nowMs: number) =>
    gateBalance(gates, tracker, patienceOf, nowMs);

  test('keeps what a counter counted that was replaced, and waits for the new one', () => {
    hear(before, 10_000, 40);
    hear(before, 60_000, 47);
    expect(balance([before, after], 90_000)).toMatchObject({ balance: 7, isHeard: true });
    expect(balance([before, after], 100_000)).toMatchObject({ balance: 7, isHeard: false });
    hear(after, 110_000, 500);
    hear(after, 150_000, 503);
    expect(balance([before, after], 150_000)).toMatchObject({ balance: 10, isHeard: true });
  });

  test('begins anew where a counter is moved to', () => {
    expect(balance([moved], 120_000)).toMatchObject({ balance: 0, isHeard: false });
    hear(moved, 120_000, 60);
    hear(moved, 160_000, 62);
    expect(balance([moved], 160_000)).toMatchObject({ balance: 2, isHeard: true });
    expect(balance([before, after], 160_000)).toMatchObject({ balance: 10 });
  });
});
