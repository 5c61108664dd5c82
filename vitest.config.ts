import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['{fleet,fixtures,e2e,scripts,apps}/**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/.output/**', '**/.nuxt/**', '.cache/**', 'fixtures/authentik/examples/**'],
    // They end what hangs. On a busy machine a slow test may take minutes.
    testTimeout: 240_000,
    hookTimeout: 240_000,
    expect: { poll: { timeout: 20_000 } },
  },
});
