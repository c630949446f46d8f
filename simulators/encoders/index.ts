import { boschTps110 } from './bosch-tps110.ts';
import type {
  Encoder,
  IntervalCounterEncoder,
  SpaceEncoder,
  TotalCounterEncoder,
} from './encoder.ts';
import { libeliumSmartParking } from './libelium-smart-parking.ts';
import { milesightEm400Mud } from './milesight-em400-mud.ts';
import { mokoLw009 } from './moko-lw009.ts';
import { nwaveNcc405 } from './nwave-ncc405.ts';
import { nwaveNps405 } from './nwave-nps405.ts';
import { parametricTcr } from './parametric-tcr.ts';
import { pmxTcr } from './pmx-tcr.ts';
import { pniPlacepod } from './pni-placepod.ts';
import { tekzitelTekzipark } from './tekzitel-tekzipark.ts';

/** Models that can be simulated on a space. */
export const spaceEncoders: readonly SpaceEncoder[] = [
  boschTps110,
  nwaveNps405,
  pniPlacepod,
  tekzitelTekzipark,
  libeliumSmartParking,
  mokoLw009,
  milesightEm400Mud,
];

/** Models that can be simulated beside a street or at an entry. */
export const counterEncoders: readonly (IntervalCounterEncoder | TotalCounterEncoder)[] = [
  pmxTcr,
  parametricTcr,
  nwaveNcc405,
];

const byModel = new Map<string, Encoder>(
  [...spaceEncoders, ...counterEncoders].map((encoder) => [encoder.model, encoder]),
);

/** The encoder of a model; `undefined` where the model is not simulated. */
export const findEncoder = (model: string): Encoder | undefined => byModel.get(model);
