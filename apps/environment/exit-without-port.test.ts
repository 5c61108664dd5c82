import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';

/** What a process that logs uncaught exceptions, as Nitro does, says after this code, and its exit status. */
const run = (code: string) => {
  const module = new URL('exit-without-port.ts', import.meta.url);
  const script = `
    import { exitWithoutPort } from ${JSON.stringify(module)};
    process.on('uncaughtException', ({ message }) => console.error('logged', message));
    exitWithoutPort();
    ${code}`;
  const { status, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', script], {
    encoding: 'utf8',
  });
  return { status, stderr };
};

test('a process whose port is taken exits with 1 and a sentence', async () => {
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  onTestFinished(() => void taken.close());
  const { port } = taken.address() as AddressInfo;
  expect(run(`process.getBuiltinModule('http').createServer().listen(${port}, '127.0.0.1');`)).toEqual({
    status: 1,
    stderr: `listen EADDRINUSE: address already in use 127.0.0.1:${port}\n`,
  });
});

test('any other exception does not end it', () => {
  expect(run(`setImmediate(() => { throw new Error('other'); });`)).toEqual({ status: 0, stderr: 'logged other\n' });
});
