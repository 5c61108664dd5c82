import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { defineNitroConfig } from 'nitropack/config';

const fromHere = createRequire(import.meta.url);
const fromNitropack = createRequire(fromHere.resolve('nitropack/package.json'));

export default defineNitroConfig({
  preset: 'node-server',
  compatibilityDate: '2026-01-01',
  srcDir: 'server',
  // Every import is explicit, so that tsc needs no generated types.
  imports: false,
  errorHandler: '~/error.ts',
  // Nitropack 2 needs h3 1. A copy of this folder elsewhere in the repository would resolve to the root's h3 2.
  alias: { h3: join(dirname(fromNitropack.resolve('h3')), 'index.mjs') },
});
