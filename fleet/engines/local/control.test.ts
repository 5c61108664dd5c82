import type { Server } from 'node:http';
import { beforeEach, expect, test } from 'vitest';
import { listening } from '../../testing.ts';
import { CannotRunHere, ProductFailed } from '../../errors.ts';
import { call, controlServer, type SupervisorCalls } from './control.ts';

let server: Server;
let url: string;
let down: SupervisorCalls['down'];
let made: unknown[];

beforeEach(async () => {
  made = [];
  const calls = {
    scale: async (...parameters: unknown[]) => void made.push(parameters),
    down: (caller: number) => down(caller),
  } as SupervisorCalls;
  server = controlServer('t', calls, () => {});
  url = `http://127.0.0.1:${await listening(server)}`;
});

const run = (token = 't') => ({ runId: 'mine', control: { url, token } });

test('a call arrives with its parameters, and only with the token', async () => {
  await call(run(), 'scale', 'web', 3);
  await expect(call(run('other'), 'scale', 'web', 4)).rejects.toThrow('POST /scale: the bearer token is missing');
  expect(made).toEqual([['web', 3]]);
});

test.each([new ProductFailed('web did not start'), new CannotRunHere('no redis-server')])(
  'an error of the work is the same error at the caller: $name',
  async (error) => {
    down = async () => {
      throw error;
    };
    const same = { name: error.name, message: error.message };
    await expect(call(run(), 'down', 1)).rejects.toMatchObject(same);
  },
);

test('a supervisor that is gone, or goes while it works, is an error with what to do', async () => {
  down = () => new Promise(() => server.closeAllConnections());
  const gone = /The supervisor of mine does not answer at http.*\/down \(.*\)\. See what is left with: npm run fleet/;
  await expect(call(run(), 'down', 1)).rejects.toThrow(gone);
  server.close();
  await expect(call(run(), 'down', 1)).rejects.toThrow(gone);
});

test('a shutdown that does not finish times out', async () => {
  down = () => new Promise(() => {});
  await expect(call({ ...run(), endMs: 200 }, 'down', 1)).rejects.toThrow(/does not answer at .*Headers Timeout/);
});
