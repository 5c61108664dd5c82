import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { scratchFolder } from './testing.ts';
import { runProgram, send } from './programs.ts';

const node = (program: string, options: Parameters<typeof runProgram>[2] = {}) =>
  runProgram(process.execPath, ['-e', program], options);

test('a program that ends comes with its exit code and what it wrote to each stream', async () => {
  const ended = await node('console.log("one"); console.error("two"); process.exitCode = 3');
  expect(ended).toMatchObject({ code: 3, signal: null, stdout: 'one\n', stderr: 'two\n' });
  expect(ended.output).toHaveLength('one\ntwo\n'.length);
});

test('a signal that ends it is named', async () => {
  const idle = 'setInterval(() => {}, 1000)';
  expect(await node(idle, { onStart: (pid) => send(pid, 'SIGKILL') })).toMatchObject({ code: null, signal: 'SIGKILL' });
});

describe('an abort', () => {
  const folder = scratchFolder(afterAll);
  const mark = join(folder, 'started');
  /** Its child keeps its output open, so the output never ends before the child does. */
  const withChild = `const { spawn } = require('node:child_process');
    spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'inherit' });
    console.log('started');
    require('node:fs').writeFileSync(${JSON.stringify(mark)}, '');`;

  test('ends a program with what it has started, and keeps what it wrote', async () => {
    const abort = new AbortController();
    const onStart = async (): Promise<void> => {
      await expect.poll(() => existsSync(mark)).toBe(true);
      abort.abort();
    };
    expect((await node(withChild, { abort: abort.signal, onStart })).stdout).toBe('started\n');
  });
});
