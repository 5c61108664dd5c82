import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { shortcuts } from './server/nuxt-oidc-auth/options.ts';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const envDefaults = here('./server/env-defaults.ts');

// Nuxt uses and bundles h3 1, but its type configuration would refer to the h3 at the top of node_modules.
const h3 = dirname(dirname(createRequire(import.meta.url).resolve('h3')));
const tsConfig = { compilerOptions: { paths: { h3: [h3] } } };

export default defineNuxtConfig({
  compatibilityDate: '2026-09-01',
  modules: ['nuxt-oidc-auth'],
  css: [here('./app/assets/css/tokens.css'), here('./app/assets/css/base.css')],
  devtools: { enabled: false },
  telemetry: false,
  experimental: { appManifest: false, payloadExtraction: false },
  nitro: {
    preset: 'node-server',
    // plugins/no-store.ts keeps all other responses out of caches.
    routeRules: Object.fromEntries(
      ['/favicon.svg', '/robots.txt'].map((file) => [file, { headers: { 'cache-control': 'public, max-age=3600' } }]),
    ),
    // Runs before anything reads the environment; in a Nitro plugin the configuration would already be frozen.
    unenv: { polyfill: [envDefaults] },
    moduleSideEffects: [envDefaults],
    // nuxt-oidc-auth brings its own version of jose. Only one version of a package can be external, and it would be
    // that one.
    externals: { inline: ['jose'] },
    typescript: { tsConfig },
  },
  hooks: {
    'nitro:config': (nitro) => {
      const { routeRules = {} } = nitro;
      for (const path of shortcuts) delete routeRules[path];
      // Before Nuxt's own.
      nitro.errorHandler = [here('./server/http/file-of-another-build.ts'), nitro.errorHandler ?? []].flat();
    },
  },
  typescript: { strict: true, tsConfig, nodeTsConfig: tsConfig, sharedTsConfig: tsConfig },
});
