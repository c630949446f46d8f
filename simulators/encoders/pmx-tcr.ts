import { bigEndian16, fit, type IntervalCounterEncoder, type Lane, uplink } from './encoder.ts';

const lane = ({ vehicles, meanSpeedKmh }: Lane): readonly number[] => [
  ...bigEndian16(fit(vehicles, 0, 65_535)),
  fit(meanSpeedKmh ?? 0, 0, 255),
];

const unfilteredPort = 13;
const firstCategoryPort = 14;

/**
 * PMX TCR with one filter category that lets everything pass: each interval comes twice, unfiltered
 * and as category 1, as a device in the field sends it.
 */
export const pmxTcr: IntervalCounterEncoder = {
  kind: 'interval-counter',
  model: 'pmx-tcr',
  encodeCounts: ({ intervalEndMs, left, right, batteryV }) => {
    const end = new Date(intervalEndMs);
    return [unfilteredPort, firstCategoryPort].map((fPort) =>
      uplink(
        fPort,
        0xa2,
        end.getUTCHours(),
        end.getUTCMinutes(),
        ...lane(left),
        ...lane(right),
        fit(batteryV * 10, 0, 255),
      ),
    );
  },
};
