import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, onTestFinished, test } from 'vitest';
import { identify, isAlive } from '../../fleet/run/process-identity.ts';

/** A command whose runner stays: it serves the UI mode, and prints the runner's pid. */
const command = `
  import { runPlaywright } from ${JSON.stringify(new URL('runner.ts', import.meta.url).href)};
  const fleet = { engine: 'local', runId: 'none', edge: { caFile: '/dev/null' }, adopt: async (pid) => console.log(pid) };
  await runPlaywright([fleet], { args: ['--ui', '--ui-host=127.0.0.1', '--ui-port=0'], output: 'ignore', request: {} });
`;

test('the test runner ends when its command is killed', async () => {
  const parent = spawn(process.execPath, ['--input-type=module', '-e', command], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void parent.kill('SIGKILL'));
  const [printed] = (await once(parent.stdout, 'data')) as [Buffer];
  const pid = Number(printed.toString());
  const runner = identify(pid);
  expect(runner).toBeDefined();
  onTestFinished(() => void (isAlive(runner!) && process.kill(pid, 'SIGKILL')));
  parent.kill('SIGKILL');
  await expect.poll(() => isAlive(runner!), { timeout: 10_000 }).toBe(false);
});
