import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { CannotRunHere, ProductFailed } from '../../errors.ts';
import { call } from './control-client.ts';
import { controlServer } from './control-server.ts';
import type { Handlers } from './control-server.ts';

const snapshot = { deployments: [], pods: [], services: {} };
let server: Server;
let url: string;
let handlers: Handlers;
let faults: unknown[];
const calls: unknown[] = [];

beforeEach(async () => {
  calls.length = 0;
  faults = [];
  const note = (body: unknown): void => void calls.push(body);
  handlers = {
    status: () => snapshot,
    scale: note,
    rollout: note,
    undo: note,
    kill: note,
    delete: note,
    adopt: note,
    down: note,
  };
  server = controlServer('t', handlers, (error) => faults.push(error));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

const run = (token = 't') => ({ runId: 'mine', control: { url, token } });

test('a wrong token, body or name is refused with a sentence', async () => {
  await expect(call(run('other'), 'down', { caller: 1 })).rejects.toThrow('POST /down: the bearer token is missing');
  await expect(call(run(), 'scale', { deployment: 'web', replicas: '3' as unknown as number })).rejects.toThrow(
    /POST \/scale does not take this body:.*expected number[^]*at replicas/,
  );
  const signal = 'SIGNOTHING' as NodeJS.Signals;
  await expect(call(run(), 'kill', { pod: 'web-1', signal })).rejects.toThrow(/POST \/kill[^]*at signal/);
  const unknown = await fetch(`${url}/nothing`, { headers: { authorization: 'Bearer t' } });
  expect(unknown.status).toBe(404);
  expect(await unknown.json()).toEqual({ message: 'There is no GET /nothing in the control API.', exitCode: 2 });
  expect(calls).toEqual([]);
  expect(faults).toEqual([]);
});

test.each([new ProductFailed('web did not start'), new CannotRunHere('no redis-server')])(
  'an error of the work is the same error at the caller: $name',
  async (error) => {
    handlers.down = () => {
      throw error;
    };
    await expect(call(run(), 'down', { caller: 1 })).rejects.toMatchObject({
      name: error.name,
      message: error.message,
    });
    expect(faults).toEqual([]);
  },
);

test('a supervisor that is gone, or goes while it works, is an error with what to do', async () => {
  handlers.down = () => new Promise(() => server.closeAllConnections());
  const gone = /The supervisor of mine does not answer at http.*\/down \(.*\)\. See what is left with: npm run fleet/;
  await expect(call(run(), 'down', { caller: 1 })).rejects.toThrow(gone);
  server.close();
  await expect(call(run(), 'down', { caller: 1 })).rejects.toThrow(gone);
});
