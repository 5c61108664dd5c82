import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['{fleet,fixtures,e2e,scripts,apps}/**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/.output/**', '**/.nuxt/**', '.cache/**', 'fixtures/authentik/examples/**'],
    testTimeout: 20_000,
    hookTimeout: 20_000,
  },
});
