import { expect, test } from 'vitest';
import type { CheckedApp } from '../../e2e/any-app/checked-app.ts';
import { HarnessError } from '../../fleet/errors.ts';
import { whyNotStarted } from './why-not-started.ts';

const app = { start: 'node server.js', cwd: '/shop', portVariable: 'PORT', ready: '/up' } as CheckedApp;
const failed = (pods: string, log: string) =>
  new HarnessError(
    `app did not start: no progress.\nPods:\n  ${pods}\nLast lines of app-1 (npm run fleet -- logs app-1):\n${log}`,
  );

test.each([
  ['last end: exit code 1', 'STRIPE_KEY is not set', /it ends by itself \(exit code 1\)[^]*STRIPE_KEY is not set/],
  [
    'last end: SIGTERM',
    '[fleet] its startup probe failed: connect ECONNREFUSED 127.0.0.1:4711',
    /not listen on the port 4711 that it got as PORT[^]*It said nothing/,
  ],
  [
    'last end: exit code 1',
    '[fleet] its startup probe failed: connect ECONNREFUSED 127.0.0.1:4711\nError: listen EADDRINUSE: address already in use :::3000',
    /its address is in use[^]*the one that it got as PORT[^]*--port-variable <name>[^]*It said:[^]*:::3000/,
  ],
  ['last end: exit code 1', 'OSError: [Errno 98] Address already in use', /its address is in use/],
  [
    'last end: exit code 127',
    'sh: 1: bun: not found',
    /the shell cannot run it in \/shop\.[^]*It said:\n  sh: 1: bun: not found/,
  ],
  ['Pending', '', /The app does not start with 'node server.js': no progress/],
  ['not Ready', '[fleet] its startup probe failed: status 404', /GET \/up is not answered with 200 \(status 404\)/],
])('%s, %s', (pods, log, sentence) => {
  expect((whyNotStarted(failed(pods, log), app) as Error).message).toMatch(sentence);
});

test('an error of something else stays as it is', () => {
  const error = new HarnessError('redis did not start');
  expect(whyNotStarted(error, app)).toBe(error);
});
