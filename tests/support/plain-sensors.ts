import type { SensorTraits } from '../../services/domain/search-share/model/observed.ts';

/** Sensors as most are built, that lose nothing and miss nobody. */
export const plainSensors: SensorTraits = {
  debounceS: 20,
  freeLatencyS: 15,
  occupiedLatencyS: 25,
  heartbeatS: 3600,
  lostUplinkRatio: 0,
  undercountRatio: 0,
  missedArrivalRatio: null,
};
