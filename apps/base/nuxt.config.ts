import { fileURLToPath } from 'node:url';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export default defineNuxtConfig({
  compatibilityDate: '2026-09-01',
  modules: ['nuxt-oidc-auth'],
  css: [here('./app/assets/css/tokens.css'), here('./app/assets/css/base.css')],
  devtools: { enabled: false },
  telemetry: false,
  // What a page shows comes with it: no second look-up of the build's manifest, no payload files.
  experimental: { appManifest: false, payloadExtraction: false },
  components: [{ path: here('./app/components'), pathPrefix: false }],
  nitro: {
    preset: 'node-server',
    // Runs before anything reads the environment; a Nitro plugin would come after the configuration is frozen.
    unenv: { polyfill: [here('./server/env-defaults.ts')] },
    moduleSideEffects: [here('./server/env-defaults.ts')],
  },
  typescript: { strict: true },
});
