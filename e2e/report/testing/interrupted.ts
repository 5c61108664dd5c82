import { test } from '@playwright/test';

test('before', () => {});
test('during', async () => {
  // The runner is the parent of its workers.
  process.kill(process.ppid, 'SIGINT');
  await new Promise(() => {});
});
test('after', () => {});
