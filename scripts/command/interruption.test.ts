import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';

const working = `
  const work = setTimeout(() => console.log('done'), 1_500);
  interruption.addEventListener('abort', () => {
    clearTimeout(work);
    console.log(interruption.reason.name, interruption.reason.message);
  });
`;

/** Runs a program that uses `interruption`, with a channel to this process. */
function run(program: string, env: Record<string, string>): { child: ChildProcess; output: Promise<string> } {
  const source = `import { interruption } from ${JSON.stringify(join(import.meta.dirname, 'interruption.ts'))};\n${program}
    process.send('ready');`;
  const child = spawn(process.execPath, ['--input-type=module-typescript', '-e', source], {
    stdio: ['ignore', 'pipe', 'ignore', 'ipc'],
    env: { ...process.env, ...env },
  });
  return { child, output: text(child.stdout!) };
}

test('comes when the process dies that wanted it to end with itself', async () => {
  const { child, output } = run(working, { FLEET_ENDS_WITH_PARENT: '1' });
  await once(child, 'message');
  child.disconnect();
  expect(await output).toBe('AbortError Its parent has ended.\n');
});

test('does not come when a process dies that wanted nothing', async () => {
  const { child, output } = run(working, {});
  await once(child, 'message');
  child.disconnect();
  expect(await output).toBe('done\n');
});

test('comes by SIGTERM, as an AbortError', async () => {
  const { child, output } = run(working, {});
  await once(child, 'message');
  child.kill('SIGTERM');
  expect(await output).toBe('AbortError SIGTERM came.\n');
});

test('keeps no process running, and is not passed on', async () => {
  const program = 'console.log(String(process.env.FLEET_ENDS_WITH_PARENT), interruption.aborted);';
  const { child, output } = run(program, { FLEET_ENDS_WITH_PARENT: '1' });
  const [code] = (await once(child, 'exit')) as [number];
  expect({ code, output: await output }).toEqual({ code: 0, output: 'undefined false\n' });
});
