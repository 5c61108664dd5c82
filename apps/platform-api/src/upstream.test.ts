import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import { readConfig } from './config.ts';
import { openUpstream } from './upstream.ts';

/** Stalwart on a real socket: msw cannot leave a body incomplete. */
const serving = async (timeout: string, answer: RequestListener) => {
  const server = createServer(answer).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const config = readConfig({
    STALWART_URL: `http://127.0.0.1:${port}`,
    STALWART_TOKEN: 'token',
    UPSTREAM_TIMEOUT_MS: timeout,
  });
  return openUpstream('stalwart', config, fetch);
};

test('the time limit covers a body that never ends', async () => {
  const stalwart = await serving('50', (_, response) => void response.writeHead(200).write('{"data":'));
  await expect(stalwart.get('/api/principal/peter', { deadline: stalwart.deadline() })).rejects.toMatchObject({
    code: 'upstream_timeout',
    message: 'Stalwart did not answer within 50 ms.',
  });
});

const configured = readConfig({ STALWART_URL: 'http://stalwart', STALWART_TOKEN: 'token' });

test('an answer that is too long is not read to its end', async () => {
  const most = 8_000_000;
  const chunk = new Uint8Array(1_000_000).fill(0x20);
  let sent = 0;
  const long = new ReadableStream({
    pull: (stream) => {
      if (sent === 3 * most) return stream.close();
      sent += chunk.length;
      return stream.enqueue(chunk);
    },
  });
  const stalwart = openUpstream('stalwart', configured, async () => new Response(long));
  await expect(stalwart.get('/', { deadline: stalwart.deadline() })).rejects.toMatchObject({
    code: 'upstream_unreachable',
  });
  expect(sent, 'bytes that were sent').toBeLessThan(2 * most);
});

test('a redirect is not followed, and the token goes nowhere else', async () => {
  const asked: Array<string | undefined> = [];
  const stalwart = await serving('5000', ({ url }, response) => {
    asked.push(url);
    response.writeHead(url === '/elsewhere' ? 200 : 302, { location: '/elsewhere' }).end('{}');
  });
  await expect(stalwart.get('/here', { deadline: stalwart.deadline() })).rejects.toMatchObject({
    code: 'upstream_failed',
    message: 'Stalwart answered with status 302.',
  });
  expect(asked).toEqual(['/here']);
});

test.each(['.', '..'])(
  'a user with the name %s is not looked for, because the address would be another one',
  async (name) => {
    const stalwart = openUpstream('stalwart', configured, () => Promise.reject(new Error('not sent')));
    const asked = stalwart.get(`/api/principal/${encodeURIComponent(name)}?a`, { deadline: stalwart.deadline() });
    await expect(asked).rejects.toMatchObject({ code: 'not_found' });
  },
);

test.each([
  [{ data: { quota: 'much' } }, 'data.quota'],
  ['text', 'its top'],
])('an answer of another form is told by its place, not by its values: %j', (body, place) => {
  const schema = z.object({ data: z.object({ quota: z.number() }) });
  expect(() => openUpstream('stalwart', configured, fetch).read(schema, body)).toThrow(
    `Stalwart sent an answer that does not have the expected form (at ${place}).`,
  );
});
