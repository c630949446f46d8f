import { bigEndian16, fit, type IntervalCounterEncoder, type Lane, uplink } from './encoder.ts';

/** Where speed classes 1, 2 and 3 begin, km/h (the device's own setting in its published example). */
const classStartsKmh = [8, 26, 50] as const;
const speedClasses = [0, 1, 2, 3] as const;

/** The simulator knows one mean speed a direction, so all vehicles fall into its class. */
function laneOfClass({ vehicles, meanSpeedKmh }: Lane, speedClass: number): readonly number[] {
  const speedKmh = meanSpeedKmh ?? 0;
  const own = classStartsKmh.filter((start) => speedKmh >= start).length;
  if (own !== speedClass) return [0, 0, 0];
  return [...bigEndian16(fit(vehicles, 0, 65_535)), fit(speedKmh, 0, 255)];
}

/** Parametric TCR, firmware 1, payload version 2; solar power is not simulated. */
export const parametricTcr: IntervalCounterEncoder = {
  kind: 'interval-counter',
  model: 'parametric-tcr',
  encodeCounts: ({ left, right, temperatureC, batteryV }) => [
    uplink(
      15,
      ...[0xbe, 0x02, 2],
      ...bigEndian16(fit(batteryV * 1000, 0, 65_535)),
      ...bigEndian16(0),
      ...bigEndian16(fit(temperatureC * 10, -32_768, 32_767)),
      ...speedClasses.flatMap((speedClass) => [
        ...laneOfClass(left, speedClass),
        ...laneOfClass(right, speedClass),
      ]),
    ),
  ],
};
