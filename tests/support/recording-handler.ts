import type { Rejected, Uplink } from '../../services/domain/uplink.ts';
import type { DeviceEvent, UplinkHandler } from '../../services/ports/uplink-source.ts';

export interface RecordingHandler extends UplinkHandler {
  readonly uplinks: readonly Uplink[];
  readonly events: readonly DeviceEvent[];
  readonly rejections: readonly Rejected[];
  /** Throws like a log that cannot append; `null` takes everything. */
  trouble: Error | null;
}

/** A pipeline that only remembers what it was given. */
export function createRecordingHandler(): RecordingHandler {
  const uplinks: Uplink[] = [];
  const events: DeviceEvent[] = [];
  const rejections: Rejected[] = [];
  return {
    uplinks,
    events,
    rejections,
    trouble: null,
    receive(received) {
      if (this.trouble) throw this.trouble;
      uplinks.push(...received);
    },
    event: (event) => void events.push(event),
    rejected: (rejected) => void rejections.push(rejected),
  };
}
