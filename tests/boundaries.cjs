/** Who may import whom; each rule carries the sentence that is shown when it breaks. */

/** Files of `from` import files of `to` and, of packages and node:*, only what `packages` names. */
const only = (name, from, to, packages, comment) => ({
  name,
  comment,
  severity: 'error',
  from: { path: from },
  to: {
    pathNot: [to, ...packages],
  },
});
const never = (name, from, to, comment) => ({ name, comment, severity: 'error', from, to });

const npm = (name) => `node_modules/${name}/`;
const core =
  '^(node:)?(assert|buffer|child_process|crypto|dns|events|fs|fs/promises|http|https|net|os|path|perf_hooks|process|readline|stream|stream/promises|timers/promises|tls|url|util|worker_threads|zlib)$';

module.exports = {
  forbidden: [
    only(
      'domain-is-alone',
      '^services/domain/',
      '^services/domain/',
      [],
      'domain is pure: no package, not even node:*.',
    ),
    only(
      'decoders-are-pure',
      '^services/decoders/',
      '^services/(domain|decoders)/',
      [],
      'decoders know bytes and the domain, nothing else.',
    ),
    only(
      'encoders-are-pure',
      '^services/encoders/',
      '^services/(domain|encoders)/',
      [],
      'encoders know bytes and the domain, nothing else.',
    ),
    only(
      'ports-are-promises',
      '^services/ports/',
      '^services/(domain|ports)/',
      [],
      'a port is an interface in domain words.',
    ),
    only(
      'contract-knows-zod',
      '^services/contract/',
      '^services/contract/',
      [npm('zod')],
      'the contract stands alone so that clients can copy it.',
    ),
    only(
      'pipeline-knows-no-adapter',
      '^services/pipeline/',
      '^services/(domain|decoders|ports|pipeline)/',
      [],
      'a stage knows ports and domain; adapters come from app/compose.ts.',
    ),
    never(
      'stages-meet-on-the-bus',
      { path: '^services/pipeline/([^/]+)' },
      { path: '^services/pipeline/', pathNot: '$1' },
      'stages do not import each other: they meet on the event bus.',
    ),
    never(
      'adapters-apart',
      { path: '^services/adapters/([^/]+)/' },
      { path: '^services/adapters/', pathNot: '^services/adapters/$1/' },
      'an adapter stands alone behind its port.',
    ),
    never(
      'adapters-know-ports-only',
      { path: '^services/adapters/' },
      { path: '^services/(app|decoders|pipeline|publish|contract)/' },
      'an adapter knows its port and the domain.',
    ),
    never(
      'adapters-get-config-as-types',
      { path: '^services/adapters/' },
      { path: '^config/', dependencyTypesNot: ['type-only'] },
      'settings are handed to an adapter, it does not read them.',
    ),
    only(
      'publish-knows-no-pipeline',
      '^services/publish/',
      '^services/(domain|ports|contract|publish)/',
      [
        npm('hono'),
        npm('@hono'),
        npm('zod'),
        npm('ws'),
        npm('xmlbuilder2'),
        npm('n3'),
        npm('hyparquet-writer'),
        npm('@types'),
        core,
      ],
      'publish shows the domain; it never reads the log or talks to a stage.',
    ),
    only(
      'config-stands-alone',
      '^config/',
      '^config/',
      [npm('zod'), npm('csv-parse'), core],
      'config parses settings; it starts nothing.',
    ),
    never(
      'only-app-wires',
      { pathNot: '^(services/(app|adapters)|tests|bench)/' },
      { path: '^services/adapters/' },
      'only app/compose.ts decides which adapter stands behind a port.',
    ),
    never(
      'contract-as-types-only',
      { path: '^dashboard/' },
      {
        path: '^services/',
        pathNot: '^services/contract/thresholds\\.ts$',
        dependencyTypesNot: ['type-only'],
      },
      'the browser gets schemas as types only: zod would cost 24 kB.',
    ),
    never(
      'dashboard-knows-the-contract',
      { path: '^dashboard/' },
      { path: '^services/', pathNot: '^services/contract/' },
      'the dashboard knows the contract and nothing else of the services.',
    ),
    never(
      'simulators-are-peers',
      { path: '^simulators/' },
      { path: '^services/', pathNot: '^services/(domain|decoders|contract)/' },
      'a simulator speaks to the product like the real world does.',
    ),
    never(
      'nothing-imports-tests',
      { pathNot: '^(tests|bench)/' },
      { path: '^tests/' },
      'tests are the last to be imported.',
    ),
    never(
      'no-circular',
      {},
      { circular: true },
      'a circle has no beginning: split what both sides need.',
    ),
    never(
      'resolvable',
      {},
      { couldNotResolve: true, pathNot: ['^\\.\\./paraglide/', 'paraglide/'] },
      'this import leads nowhere.',
    ),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|data|dashboard/src/paraglide)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['svelte', 'import', 'node', 'default', 'types'],
      extensions: ['.ts', '.js', '.svelte', '.cjs', '.mjs', '.json', '.d.ts'],
    },
  },
};
