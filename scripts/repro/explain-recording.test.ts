import { expect, test, vi } from 'vitest';
import { engineOf } from '../../fleet/product/fleet.ts';
import { explainRecording } from './explain-recording.ts';
import { callBy, exchanges, signInBy, type Short } from '../explain/testing/exchanges.ts';

const refused = (reason: string): Short =>
  callBy('operator-b', 1, 401, { reason, session: '0123456789ab', cookie: '__Host-nuxt-oidc-auth=Fe26.2*secret' });

test.each([
  ['what the app says', refused('refused'), undefined, 1, '--har it.har'],
  ['an unknown cause', refused('missing'), undefined, 1, '--har it.har'],
  [
    'nothing wrong',
    callBy('operator-a', 1, 200),
    ['memory-sessions', 'replicas-1'],
    1,
    '--har it.har --faults memory-sessions,replicas-1',
  ],
])('%s has its exit code, and the same command can be given again', async (_what, call, faults, code, again) => {
  using print = vi.spyOn(console, 'log').mockImplementation(() => {});
  const recording = { exchanges: exchanges([signInBy('operator-a'), call]), option: '--har it.har' };
  expect(await explainRecording(recording, { engine: engineOf('local'), ...(faults && { faults }) })).toBe(code);
  expect(print).toHaveBeenLastCalledWith(`\nAgain: npm run repro -- ${again}`);
});
