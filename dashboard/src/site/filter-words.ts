import { m } from '../paraglide/messages.js';
import type { FilterKey } from './filter.ts';

const filters: Readonly<Record<FilterKey, () => string>> = {
  disabled: m.filter_disabled,
  charging: m.filter_charging,
  free: m.filter_free,
  heightM: m.filter_height,
  stayMin: m.filter_stay,
  place: m.label_kind,
  zoneId: m.filter_zone,
  open: m.filter_open,
  known: m.filter_known,
  saved: m.filter_saved,
};

/** What a filter is called in the dialog. */
export const filterWord = (key: FilterKey): string => filters[key]();
