import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';

/** Runs a command that prints 2 MB to a stream, inside a shell command line that calls `command_under_test`. */
function run(stream: 'stdout' | 'stderr', line: string): { stdout: string; stderr: string } {
  const program = `import { runCommand } from ${JSON.stringify(join(import.meta.dirname, 'run-command.ts'))};
    await runCommand(async () => {
      for (let n = 1; n <= 20_000; n += 1) process.${stream}.write(String(n).padEnd(100) + '\\n');
      return 1;
    });`;
  return spawnSync(
    'sh',
    ['-c', `command_under_test() { "$0" --input-type=module-typescript -e "$1"; }\n${line}`, process.execPath, program],
    { encoding: 'utf8', maxBuffer: 16 * 2 ** 20 },
  );
}

test.each([
  ['stdout', '{ command_under_test "$1"; echo "code $?"; } | { sleep 1; cat; }'],
  ['stderr', '{ command_under_test "$1" 2>&1; echo "code $?"; } | { sleep 1; cat; }'],
] as const)('all of %s reaches a reader that is slow, and the exit code stays', (stream, line) => {
  const lines = run(stream, line).stdout.trim().split(/\s*\n/);
  expect(lines.at(-1)).toBe('code 1');
  expect(lines.at(-2)).toBe('20000');
  expect(lines).toHaveLength(20_001);
});

test('a reader that has read enough is no failure', () => {
  const { stdout, stderr } = run('stdout', '{ command_under_test "$1"; echo "code $?" >&2; } | head -n 1');
  expect(stdout.trim()).toBe('1');
  expect(stderr).toBe('code 1\n');
});

test('an error during the clean-up is printed after the one that came first, whose exit code counts', () => {
  const program = `import { runCommand } from ${JSON.stringify(join(import.meta.dirname, 'run-command.ts'))};
    import { CannotRunHere, HarnessError } from ${JSON.stringify(join(import.meta.dirname, '../../fleet/errors.ts'))};
    await runCommand(async () => {
      await using left = { [Symbol.asyncDispose]: async () => { throw new HarnessError('It is left.'); } };
      throw new CannotRunHere('It cannot run.');
    });`;
  const args = ['--input-type=module-typescript', '-e', program];
  const { stderr, status } = spawnSync(process.execPath, args, {
    encoding: 'utf8',
    env: { ...process.env, NO_COLOR: '1' },
  });
  expect(stderr).toBe('error It cannot run.\nerror It is left.\n');
  expect(status).toBe(77);
});
