import { enableCompileCache } from 'node:module';
import { join } from 'node:path';

// What was compiled once is loaded from here at the next start, which takes half the time then. Threads
// and the simulated town find the folder by its variable. Where it cannot be written all works without.
process.env['NODE_COMPILE_CACHE'] ??= join(
  import.meta.dirname,
  '../../node_modules/.cache/compiled',
);
enableCompileCache(process.env['NODE_COMPILE_CACHE']);
await import('./serve.ts');
