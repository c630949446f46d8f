import { join } from 'node:path';
import { loadConfig } from '../../config/load.ts';
import { ConfigError } from '../../config/mistakes.ts';
import { openCodecs } from '../adapters/codec/index.ts';
import type { Decoder } from '../decoders/decoder.ts';
import { decoders } from '../decoders/index.ts';
import { toDeployed, type Deployed } from './inventory.ts';

type FindDecoder = (model: string) => Decoder | undefined;

interface LoadedDeployment extends Deployed {
  readonly findDecoder: FindDecoder;
  /** Reads the same folder again, for the same models; throws ConfigError. */
  readonly readAgain: () => Deployed;
}

/** Every model that a deployment can read, and what is wrong with the codecs it brings. */
export async function loadDecoders(dir: string) {
  const { codecs, mistakes } = await openCodecs(join(dir, 'codecs'));
  const byModel = new Map<string, Decoder>(decoders.map((decoder) => [decoder.model, decoder]));
  const taken = codecs
    .filter(({ model }) => byModel.has(model))
    .map(({ model }) => ({
      file: `codecs/${model}.mapping.json`,
      where: '',
      reason: `'${model}' is a built-in model: choose another name`,
    }));
  for (const codec of codecs) byModel.set(codec.model, codec);
  const findDecoder: FindDecoder = (model) => byModel.get(model);
  return { models: new Set(byModel.keys()), findDecoder, mistakes: [...mistakes, ...taken] };
}

/**
 * The deployment folder with every model it can read: the built-in ones and those of its vendor
 * codecs (`codecs/`), which must not take the name of a built-in one. Throws
 * ConfigError with the mistakes of all files.
 */
export async function loadDeployment(
  dir: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<LoadedDeployment> {
  const { models, findDecoder, mistakes } = await loadDecoders(dir);
  const wrong = [...mistakes];
  try {
    const readAgain = (): Deployed => toDeployed(loadConfig(dir, models, env));
    const deployed = readAgain();
    if (wrong.length === 0) return { ...deployed, findDecoder, readAgain };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    wrong.push(...error.mistakes);
  }
  throw new ConfigError(wrong);
}
