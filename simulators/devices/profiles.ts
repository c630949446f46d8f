/** How a model is set up here. */
export interface Profile {
  /** Seconds between two signs of life; not longer than the product expects of the model. */
  readonly heartbeatS: number;
  /** Sends again until the network acknowledges (vendor default). */
  readonly isConfirmed: boolean;
}

const profiles: Readonly<Record<string, Profile>> = {
  'bosch-tps110': { heartbeatS: 86_400, isConfirmed: true },
  'nwave-nps405': { heartbeatS: 86_400, isConfirmed: true },
  'pni-placepod': { heartbeatS: 43_200, isConfirmed: false },
  'tekzitel-tekzipark': { heartbeatS: 43_200, isConfirmed: false },
  'moko-lw009': { heartbeatS: 28_800, isConfirmed: false },
  'libelium-smart-parking': { heartbeatS: 10_800, isConfirmed: false },
  'milesight-em400-mud': { heartbeatS: 3600, isConfirmed: false },
  'pmx-tcr': { heartbeatS: 900, isConfirmed: false },
  'parametric-tcr': { heartbeatS: 900, isConfirmed: false },
  'nwave-ncc405': { heartbeatS: 21_600, isConfirmed: true },
};

export const profileOf = (model: string): Profile =>
  profiles[model] ?? { heartbeatS: 21_600, isConfirmed: false };
