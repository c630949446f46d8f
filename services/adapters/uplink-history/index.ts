import type { SourceConfig } from '../../../config/schema.ts';
import { AppError } from '../../domain/errors.ts';
import type { Clock } from '../../ports/clock.ts';
import type { UplinkHistory } from '../../ports/uplink-history.ts';
import { ttsStorage, type StoredFormat } from './tts-storage.ts';

const hourMs = 3_600_000;

/**
 * What the network server of a source keeps for closing gaps; `null` where it keeps nothing or the
 * deployment does not name it. `format` reads stored messages as the source reads live ones.
 */
export function openUplinkHistory(
  config: SourceConfig,
  secrets: ReadonlyMap<string, string>,
  format: StoredFormat,
  clock: Clock,
): UplinkHistory | null {
  if (config.kind !== 'tts-mqtt' || config.storage === undefined) return null;
  const { url, retentionH } = config.storage;
  const apiKey = secrets.get(config.storage.apiKey.secret);
  if (!apiKey) {
    throw new AppError('invalid-config', `source ${config.name}: no key for the stored uplinks`);
  }
  const retentionMs = retentionH * hourMs;
  return ttsStorage({ url, application: config.application, apiKey, retentionMs, format, clock });
}
