import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const run = (script: string, ...args: string[]) => {
  const { status, stderr } = spawnSync(process.execPath, [join(import.meta.dirname, script), ...args], {
    encoding: 'utf8',
  });
  return { status, stderr };
};

test.each(['runner', 'verb', 'e2ee', ''])(
  'bootstrap refuses "%s", which is no verb, and names those there are',
  (verb) => {
    const { status, stderr } = run('bootstrap.mjs', verb);
    expect(status).toBe(2);
    expect(stderr).toMatch(new RegExp(`^There is no verb "${verb}"\\. They are: e2e, test, check, .*fleet`));
  },
);

test('doctor refuses arguments that it does not know', () => {
  expect(run('doctor.mjs', '--nope')).toEqual({
    status: 2,
    stderr: 'doctor takes no arguments, and was given: --nope. Run: npm run doctor -- --help\n',
  });
});
