import { describe, expect, test } from 'vitest';
import { parseOptions, UsageError } from '../../../services/app/options.ts';

describe('the command line', () => {
  test('without words runs the demo with simulated sensors', () => {
    const options = parseOptions([], {});
    expect(options.configDir).toMatch(/config\/demo$/);
    expect(options).toMatchObject({ simulate: true, speed: 1, port: undefined });
    expect(options.dataDir).toMatch(/data\/demo$/);
  });

  test('names a deployment, which is not simulated unless asked for', () => {
    const of = (...args: string[]) =>
      parseOptions(['--config', 'config/landkreis-boeblingen', ...args], {});
    expect(of()).toMatchObject({ simulate: false });
    expect(of('--simulate', '--speed', '10')).toMatchObject({ simulate: true, speed: 10 });
  });

  test('comes before the environment, which comes before the defaults', () => {
    const env = { PORT: '9000', DATA_DIR: '/var/lib/parklotse', CONFIG: 'config/demo' };
    expect(parseOptions([], env)).toMatchObject({ port: 9000, dataDir: '/var/lib/parklotse' });
    expect(parseOptions(['--port', '0'], env)).toMatchObject({ port: 0 });
  });

  test.each([
    [['--prot', '80'], /--prot/],
    [['--port', 'eighty'], /--port must be a number from 0 to 65535, not 'eighty'/],
    [['--speed', '0.5'], /--speed must be a number from 1/],
    [['--config', 'config/landkreis-boeblingen', '--speed', '2'], /--speed needs --simulate/],
    [['--role', 'publish'], /--role publish/],
  ])('%j is refused with the reason', (args, reason) => {
    expect(() => parseOptions(args, {})).toThrow(UsageError);
    expect(() => parseOptions(args, {})).toThrow(reason);
  });
});
