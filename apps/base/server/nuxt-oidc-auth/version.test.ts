import { createRequire } from 'node:module';
import { expect, test } from 'vitest';

test('the workarounds of this folder are for the installed version of nuxt-oidc-auth', () => {
  const { version } = createRequire(import.meta.url)('nuxt-oidc-auth/package.json') as { version: string };
  expect(version, 'nuxt-oidc-auth has changed: go through README.md of this folder, then change the version here').toBe(
    '0.18.0',
  );
});
