import { afterEach, expect, test, vi } from 'vitest';
import { fromCallersFolder } from './callers-folder.ts';

afterEach(() => vi.unstubAllEnvs());

test('a path is relative to where npm was called', () => {
  vi.stubEnv('INIT_CWD', '/somewhere/e2e');
  expect(fromCallersFolder('session/cookie.spec.ts')).toBe('/somewhere/e2e/session/cookie.spec.ts');
  expect(fromCallersFolder('/absolute.pem')).toBe('/absolute.pem');
});

test('standard input is no path', () => {
  expect(fromCallersFolder('-')).toBe('-');
});
