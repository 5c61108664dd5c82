import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import { readConfig } from './config.ts';
import { openUpstream } from './upstream.ts';

// On a real socket, because msw cannot leave a body incomplete.
test('the time limit covers a body that never ends', async () => {
  const server = createServer((_, response) => void response.writeHead(200).write('{"data":'));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const config = readConfig({
    STALWART_URL: `http://127.0.0.1:${port}`,
    STALWART_TOKEN: 'token',
    UPSTREAM_TIMEOUT_MS: '50',
  });
  const stalwart = openUpstream('stalwart', config, fetch);
  await expect(stalwart.get('/api/principal/peter', { deadline: stalwart.deadline() })).rejects.toMatchObject({
    code: 'upstream_timeout',
    message: 'Stalwart did not answer within 50 ms.',
  });
});

test.each(['.', '..'])(
  'a user with the name %s is not looked for, because the address would be another one',
  async (name) => {
    const config = readConfig({ STALWART_URL: 'http://stalwart', STALWART_TOKEN: 'token' });
    const stalwart = openUpstream('stalwart', config, () => Promise.reject(new Error('not sent')));
    const asked = stalwart.get(`/api/principal/${encodeURIComponent(name)}?a`, { deadline: stalwart.deadline() });
    await expect(asked).rejects.toMatchObject({ code: 'not_found' });
  },
);

test.each([
  [{ data: { quota: 'much' } }, 'data.quota'],
  ['text', 'its top'],
])('an answer of another form is told by its place, not by its values: %j', (body, place) => {
  const config = readConfig({ STALWART_URL: 'http://stalwart', STALWART_TOKEN: 'token' });
  const schema = z.object({ data: z.object({ quota: z.number() }) });
  expect(() => openUpstream('stalwart', config, fetch).read(schema, body)).toThrow(
    `Stalwart sent an answer that does not have the expected form (at ${place}).`,
  );
});
