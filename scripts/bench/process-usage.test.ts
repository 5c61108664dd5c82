import { expect, test } from 'vitest';
import { processKind, ProcessUsage } from './process-usage.ts';

test.each([
  ['/usr/lib/chromium/chromium-headless-shell --type=renderer', 'browser'],
  ['node .output/server/index.mjs', 'pods'],
  ['node fixtures/authentik/main.ts', 'mock Authentik'],
  ['node fleet/edge/main.ts', 'edge'],
  ['node /x/node_modules/playwright/lib/worker/workerProcessEntry.js', 'test runner'],
  ['/usr/bin/redis-server 127.0.0.1:26215', 'Redis'],
  ['node fleet/engines/local/supervisor.ts run-1', 'supervisor'],
  ['node node_modules/@nuxt/cli/bin/nuxi.mjs build', 'builds'],
  ['node scripts/e2e.ts', 'command'],
  ['/home/dev/chrome/node_modules/node/bin/node scripts/e2e.ts', 'command'],
])('%s counts as %s', (commandLine, kind) => {
  expect(processKind(commandLine)).toBe(kind);
});

test('a process that works has CPU time', () => {
  const usage = new ProcessUsage(process.pid);
  for (const until = performance.now() + 200; performance.now() < until;);
  usage.sample();
  expect(usage.cpuSeconds.reduce((sum, [, seconds]) => sum + seconds, 0)).toBeGreaterThan(0.1);
});
