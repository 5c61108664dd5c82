import { expect, test, vi } from 'vitest';
import { CannotRunHere, HarnessError } from '../../fleet/errors.ts';
import { check } from './check.ts';
import { prove } from './prove.ts';
import { settingsSchema } from './settings.ts';

vi.mock('./check.ts', () => ({ check: vi.fn() }));
vi.spyOn(console, 'log').mockImplementation(() => {});

const settings = settingsSchema.parse({
  start: 'x',
  signIn: '/login',
  protected: ['/api/me'],
  cookie: 'sid',
  faults: { memory: { env: { REDIS_URL: '' }, breaks: ['balanced'] } },
});
const green = { passed: 9, failed: 0, skipped: 0, harnessFaults: 0, errors: [], tests: [], unexpectedSkips: [] };
const red = (title: string, message: string) => ({
  ...green,
  passed: 0,
  failed: 1,
  tests: [{ title, status: 'failed', message }],
});

test.each([
  ['the claim is broken', red('balanced', '20 of 40 requests failed'), 0],
  ['the claim could not be tried', red('balanced', 'unproven: nobody can sign in'), 1],
  ['the claim is proved', green, 1],
  ['the harness failed', red('balanced', 'HarnessError: the edge is gone'), 1],
])('with the fault %s', async (_what, withFault, exitCode) => {
  vi.mocked(check)
    .mockResolvedValueOnce(green)
    .mockResolvedValueOnce(withFault as never);
  expect(await prove(settings, { report: 'r' })).toBe(exitCode);
});

test('a check that is red without a fault proves nothing', async () => {
  vi.mocked(check).mockResolvedValueOnce(red('tabs', 'x') as never);
  expect(await prove(settings, { report: 'r' })).toBe(1);
});

const lines = (): string => vi.mocked(console.log).mock.calls.flat().join('\n');

test('a fault with which the app does not start is told, and the others are tried', async () => {
  vi.mocked(check)
    .mockResolvedValueOnce(green)
    .mockRejectedValueOnce(new CannotRunHere('The app does not start: it ends by itself'))
    .mockResolvedValueOnce(red('tabs', 'x') as never);
  const faults = { dead: { env: {}, breaks: ['balanced'] }, tabs: { env: {}, breaks: ['tabs'] } };
  expect(await prove(settingsSchema.parse({ ...settings, faults }), { report: 'r' })).toBe(1);
  expect(lines()).toMatch(/With dead,[^]*it ends by itself[^]*With tabs,[^]*dead: the app does not start with it/);
});

test('an error that is not about the app ends it', async () => {
  vi.mocked(check).mockResolvedValueOnce(green).mockRejectedValueOnce(new HarnessError('the patch does not apply'));
  await expect(prove(settings, { report: 'r' })).rejects.toThrow('the patch does not apply');
});
