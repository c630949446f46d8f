import { monitorEventLoopDelay } from 'node:perf_hooks';

type Labels = Readonly<Record<string, string>>;
type Sample = readonly [Labels, number];

/** One metric in the text format of Prometheus; `read` is called when it is asked for. */
export interface Metric {
  readonly name: string;
  readonly help: string;
  readonly type: 'counter' | 'gauge';
  read(): number | readonly Sample[];
}

const escape = (text: string): string =>
  text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');

const labelsOf = (labels: Labels): string => {
  const all = Object.entries(labels).map(([name, value]) => `${name}="${escape(value)}"`);
  return all.length > 0 ? `{${all.join(',')}}` : '';
};

const block = (name: string, help: string, type: string, lines: readonly string[]): string =>
  `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.map((line) => `${name}${line}\n`).join('')}`;

function renderMetric({ name, help, type, read }: Metric): string {
  const value = read();
  const samples: readonly Sample[] = typeof value === 'number' ? [[{}, value]] : value;
  return block(
    name,
    help,
    type,
    samples.map(([labels, n]) => `${labelsOf(labels)} ${n}`),
  );
}

/** Upper bounds in seconds. */
const lagBucketsS = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 3600, 86_400];

/** How late uplinks arrive, from the network server's time to ours. */
export function createLagHistogram(): { observe(lagMs: number): void; text(): string } {
  const buckets = lagBucketsS.map(() => 0);
  let count = 0;
  let sumS = 0;
  return {
    observe(lagMs) {
      const lagS = Math.max(0, lagMs / 1000);
      count += 1;
      sumS += lagS;
      const at = lagBucketsS.findIndex((bound) => lagS <= bound);
      if (at >= 0) buckets[at] = (buckets[at] ?? 0) + 1;
    },
    text() {
      let below = 0;
      const lines = lagBucketsS.map((bound, at) => {
        below += buckets[at] ?? 0;
        return `_bucket{le="${bound}"} ${below}`;
      });
      lines.push(`_bucket{le="+Inf"} ${count}`, `_sum ${sumS}`, `_count ${count}`);
      const help = 'From the time the network server had an uplink until it was in the log';
      return block('parklotse_uplink_lag_seconds', help, 'histogram', lines);
    },
  };
}

/** Memory and responsiveness of this process. */
export function processMetrics(): readonly Metric[] {
  const delay = monitorEventLoopDelay({ resolution: 20 });
  delay.enable();
  return [
    {
      name: 'process_resident_memory_bytes',
      help: 'Resident memory',
      type: 'gauge',
      read: () => process.memoryUsage.rss(),
    },
    {
      name: 'process_cpu_seconds_total',
      help: 'User and system CPU time',
      type: 'counter',
      read: () => (process.cpuUsage().user + process.cpuUsage().system) / 1e6,
    },
    {
      name: 'parklotse_event_loop_delay_p99_seconds',
      help: 'Event loop delay since the last reading, 99th percentile',
      type: 'gauge',
      read: () => {
        const p99 = delay.percentile(99) / 1e9;
        delay.reset();
        return p99;
      },
    },
  ];
}

/** The whole page. */
export const renderMetrics = (metrics: readonly Metric[], more: readonly string[] = []): string =>
  [...metrics.map(renderMetric), ...more].join('');
