import { boschTps110 } from './bosch-tps110.ts';
import type { Decoder } from './decoder.ts';
import { dingtekDo200 } from './dingtek-do200.ts';
import { dingtekDo201 } from './dingtek-do201.ts';
import { dingtekDo202 } from './dingtek-do202.ts';
import { libeliumSmartParking } from './libelium-smart-parking.ts';
import { milesightEm310Udl } from './milesight-em310-udl.ts';
import { milesightEm400Mud } from './milesight-em400-mud.ts';
import { mokoLw009 } from './moko-lw009.ts';
import { netvoxR719a } from './netvox-r719a.ts';
import { nwaveNcc405 } from './nwave-ncc405.ts';
import { nwaveNps310 } from './nwave-nps310.ts';
import { nwaveNps405 } from './nwave-nps405.ts';
import { parametricTcr } from './parametric-tcr.ts';
import { pmxTcr } from './pmx-tcr.ts';
import { pniPlacepod } from './pni-placepod.ts';
import { tekzitelTekzipark } from './tekzitel-tekzipark.ts';

/** Every supported device model. A new one is a file and a line here. */
export const decoders: readonly Decoder[] = [
  boschTps110,
  nwaveNps405,
  nwaveNps310,
  pniPlacepod,
  tekzitelTekzipark,
  dingtekDo200,
  dingtekDo201,
  dingtekDo202,
  netvoxR719a,
  libeliumSmartParking,
  mokoLw009,
  milesightEm400Mud,
  milesightEm310Udl,
  pmxTcr,
  parametricTcr,
  nwaveNcc405,
];

const byModel = new Map(decoders.map((decoder) => [decoder.model, decoder]));

export const findDecoder = (model: string): Decoder | undefined => byModel.get(model);
