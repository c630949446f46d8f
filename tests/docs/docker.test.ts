import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { loadConfig } from '../../config/load.ts';
import { decoders } from '../../services/decoders/index.ts';

const root = join(import.meta.dirname, '../..');
const read = (file: string): string => readFileSync(join(root, file), 'utf8');
const lines = (file: string): string[] =>
  read(file)
    .replaceAll(/\\\n\s*/g, ' ')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));

const [buildStage = [], serverStage = []] = [...splitStages(lines('Dockerfile'))];
function* splitStages(all: readonly string[]): Generator<string[]> {
  const starts = all.flatMap((line, at) => (line.startsWith('FROM ') ? [at] : []));
  for (const [i, start] of starts.entries()) yield all.slice(start, starts[i + 1]);
}

/** What a stage copies from the folder of the project. */
const copied = (stage: readonly string[]): string[] =>
  stage.flatMap((line) => {
    const [instruction, ...words] = line.split(/\s+/);
    return instruction === 'COPY' && !words[0]?.startsWith('--from') ? words.slice(0, -1) : [];
  });
const isIn = (file: string, folders: readonly string[]): boolean =>
  folders.some((folder) => file === folder || file.startsWith(`${folder}/`));

/** Every file that a program imports, starts as a thread or as a process of its own, and every package. */
function reached(program: string): { readonly files: Set<string>; readonly packages: Set<string> } {
  const files = new Set<string>();
  const packages = new Set<string>();
  const visit = (file: string): void => {
    if (files.has(file)) return;
    files.add(file);
    const text = read(file).replaceAll(/^(?:import|export) type [^;]*;$/gm, '');
    const imported = text.matchAll(/^(?:import|(?:import|export)\b[^;']*\bfrom) '([^']+)';$/gm);
    const later = text.matchAll(/\bimport\('([^']+)'\)/g);
    const started = text.matchAll(/new URL\('([^']+)', import\.meta\.url\)/g);
    for (const [, name = ''] of [...imported, ...later, ...started]) {
      if (name.startsWith('.')) visit(relative(root, join(root, dirname(file), name)));
      else if (!name.startsWith('node:') && !builtinModules.includes(name))
        packages.add(
          name
            .split('/')
            .slice(0, name.startsWith('@') ? 2 : 1)
            .join('/'),
        );
    }
  };
  visit(program);
  return { files, packages };
}

const ignored = lines('.dockerignore');
const { dependencies } = JSON.parse(read('package.json')) as {
  readonly dependencies: Readonly<Record<string, string>>;
};

describe('the image', () => {
  test('is made of files that exist and reach the builder', () => {
    const sources = [...copied(buildStage), ...copied(serverStage)];
    expect(sources.length).toBeGreaterThan(5);
    for (const source of sources) {
      expect(existsSync(join(root, source)), source).toBe(true);
      expect(isIn(source, ignored), `${source} is ignored`).toBe(false);
    }
  });

  test.each(['services/app/main.ts', 'services/app/export.ts', 'services/app/import.ts'])(
    'has every file and every package that %s needs',
    (program) => {
      const { files, packages } = reached(program);
      expect(files.size).toBeGreaterThan(50);
      expect([...files].filter((file) => !isIn(file, copied(serverStage)))).toEqual([]);
      expect([...packages].filter((name) => !(name in dependencies))).toEqual([]);
    },
  );

  test('starts the server as a user who owns nothing but the data, and is asked how it is', () => {
    const command = serverStage.find((line) => line.startsWith('CMD '));
    const [node, ...args] = JSON.parse(command?.slice(4) ?? '[]') as string[];
    expect(node).toBe('node');
    const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
      readonly scripts: { readonly start: string };
    };
    expect(['node', ...args].join(' ')).toBe(scripts.start);
    expect(serverStage).toContain('USER node');
    expect(serverStage).toContain('VOLUME /data');
    expect(serverStage.findIndex((line) => line.startsWith('RUN mkdir /data'))).toBeLessThan(
      serverStage.indexOf('USER node'),
    );
    expect(serverStage.find((line) => line.startsWith('HEALTHCHECK'))).toMatch(/\/healthz/);
  });

  test('runs on the Node that is tested here', () => {
    const [major] = process.versions.node.split('.');
    for (const stage of [buildStage, serverStage])
      expect(stage[0]).toMatch(new RegExp(`^FROM node:${major}-slim`));
  });

  test('never sees the secrets', () => {
    expect(ignored).toContain('secrets');
  });
});

interface Service {
  readonly build?: string;
  readonly image?: string;
  readonly user?: string;
  readonly read_only?: boolean;
  readonly cap_drop?: readonly string[];
  readonly security_opt?: readonly string[];
  readonly healthcheck?: object;
  readonly environment?: Readonly<Record<string, string>>;
  readonly secrets?: readonly (string | { readonly source: string; readonly target: string })[];
  readonly volumes?: readonly string[];
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
}
const compose = parse(read('docker-compose.yml'), { merge: true }) as {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: Readonly<Record<string, unknown>>;
  readonly secrets: Readonly<Record<string, { readonly file: string }>>;
};
const services = Object.entries(compose.services);
const secretName = (secret: string | { readonly source: string }): string =>
  typeof secret === 'string' ? secret : secret.source;

describe('docker-compose.yml', () => {
  test.each(services)('%s is confined, is asked how it is, and no root', (_, service) => {
    expect(service.read_only).toBe(true);
    expect(service.cap_drop).toEqual(['ALL']);
    expect(service.security_opt).toEqual(['no-new-privileges:true']);
    expect(service.user).toMatch(/^(?!0|root)/);
    // Ours has its check in the image.
    expect(service.healthcheck ?? service.build).toBeDefined();
  });

  test.each(services)('%s mounts what is there', (_, { volumes = [] }) => {
    for (const volume of volumes) {
      const source = volume.replace(/^\$\{\w+:-([^}]+)\}/, '$1').split(':')[0] ?? '';
      if (source.startsWith('.')) expect(existsSync(join(root, source)), source).toBe(true);
      else expect(Object.keys(compose.volumes)).toContain(source);
    }
  });

  test.each(services)('%s waits for what exists and says when it is healthy', (_, service) => {
    for (const [name, { condition }] of Object.entries(service.depends_on ?? {})) {
      expect(condition).toBe('service_healthy');
      expect(compose.services[name]?.healthcheck).toBeDefined();
    }
  });

  test('its secrets are those that make:secrets writes, and each is used', () => {
    const made = [...read('config/docker/make-secrets.ts').matchAll(/keep\(\s*'(\w+)'/g)];
    const used = services.flatMap(([, { secrets = [] }]) => secrets.map(secretName));
    for (const [name, { file }] of Object.entries(compose.secrets)) {
      expect(file).toBe(`./secrets/${name}`);
      expect(made.map(([, written]) => written)).toContain(name);
      expect(used).toContain(name);
    }
    expect(Object.keys(compose.secrets)).toEqual(expect.arrayContaining(used));
    expect(lines('.gitignore')).toContain('secrets/');
  });

  test('every file that a service is told to read is mounted there', () => {
    for (const [name, { environment = {}, secrets = [], volumes = [] }] of services) {
      const mounted = [
        ...secrets.map((secret) => `/run/secrets/${secretName(secret)}`),
        ...volumes.map((volume) => volume.replace(/^\$\{[^}]+\}/, '').split(':')[1]),
      ];
      for (const [variable, value] of Object.entries(environment))
        if (value.startsWith('/')) expect(mounted, `${name}: ${variable}`).toContain(value);
    }
    expect(read('config/docker/mosquitto.conf')).toContain('/run/secrets/mosquitto_passwords');
  });

  test.each(readdirSync(join(root, 'config')).filter((name) => name.startsWith('landkreis')))(
    'the deployment %s is complete with its overlay and secrets',
    (name) => {
      const { environment = {} } = compose.services['parklotse'] ?? {};
      const secrets = Object.keys(environment)
        .filter((variable) => variable.endsWith('_FILE'))
        .map((variable) => [variable.slice(0, -'_FILE'.length), 'secret'] as const);
      const config = loadConfig(
        join(root, 'config', name),
        new Set(decoders.map(({ model }) => model)),
        Object.fromEntries([...secrets, ['OVERLAY', join(root, 'config/docker/overlay.json')]]),
      );
      const hosts = [
        ...config.deployment.sources.flatMap((source) => ('url' in source ? [source.url] : [])),
        ...('url' in config.deployment.history ? [config.deployment.history.url] : []),
      ].map((url) => new URL(url).hostname);
      expect(hosts.toSorted()).toEqual(['influxdb', 'mosquitto']);
      expect(statSync(join(root, 'config', name)).isDirectory()).toBe(true);
    },
  );
});
