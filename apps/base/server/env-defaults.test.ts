import { afterEach, expect, test, vi } from 'vitest';
import { developmentUrls } from '../development-urls.ts';

afterEach(() => {
  vi.unstubAllEnvs();
  vi.resetModules();
});

test('a URL that is not set gets the fallback, one that is empty is left for the boot to refuse', async () => {
  vi.stubEnv('NUXT_PUBLIC_AUTH_URL', undefined);
  vi.stubEnv('NUXT_PUBLIC_PORTAL_URL', '');
  vi.stubEnv('NUXT_PUBLIC_OPERATOR_URL', 'https://operator.example');
  await import('./env-defaults.ts');
  expect(process.env['NUXT_PUBLIC_AUTH_URL']).toBe(developmentUrls.NUXT_PUBLIC_AUTH_URL);
  expect(process.env['NUXT_PUBLIC_PORTAL_URL']).toBe('');
  expect(process.env['NUXT_PUBLIC_OPERATOR_URL']).toBe('https://operator.example');
});
