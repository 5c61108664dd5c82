import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
import { startTestEdge } from '../../fleet/edge/testing.ts';
import { startCallRelay } from './call-relay.ts';

const path = '/operator.dezky.example/auth/oidc/backchannel-logout';
const call = (url: string): Promise<Response> =>
  fetch(url + path, {
    method: 'POST',
    headers: { 'user-agent': 'authentik@2026.5.0' },
    body: new URLSearchParams({ logout_token: 'a.b.c' }),
  });

test('a call goes to the app by way of the edge, and its answer back', async () => {
  await using edge = await startTestEdge();
  const received: string[] = [];
  await edge.serve('operator', {
    'operator-1': async (request, response) => {
      const { method, url, headers } = request;
      received.push(
        `${method} ${url} ${headers['content-type']} ${headers['user-agent']} ${headers['x-forwarded-proto']}`,
        await text(request),
      );
      response.writeHead(400).end('refused');
    },
  });
  const folder = mkdtempSync(join(tmpdir(), 'call-relay-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const caFile = join(folder, 'ca.pem');
  writeFileSync(caFile, edge.authority.caCertPem);
  await using relay = await startCallRelay('127.0.0.1', () => ({ proxyUrl: edge.proxyUrl, caFile }));

  const answer = await call(relay.url);
  expect(`${answer.status} ${await answer.text()}`).toBe('400 refused');
  expect(received).toEqual([
    'POST /auth/oidc/backchannel-logout application/x-www-form-urlencoded;charset=UTF-8 authentik@2026.5.0 https',
    'logout_token=a.b.c',
  ]);
  expect(await edge.rowsOnceThereAre(1)).toMatchObject([{ client: 'authentik', service: 'operator', status: 400 }]);
});

test('a call that comes before the fleet is up is refused, so that Authentik tries again', async () => {
  await using relay = await startCallRelay('127.0.0.1', () => undefined);
  expect((await call(relay.url)).status).toBe(503);
});

test('a call that does not reach the edge is refused with the reason', async () => {
  const caFile = join(import.meta.dirname, 'no-such-file.pem');
  await using relay = await startCallRelay('127.0.0.1', () => ({ proxyUrl: 'http://127.0.0.1:1', caFile }));
  const answer = await call(relay.url);
  expect(`${answer.status} ${await answer.text()}`).toMatch(/^502 ENOENT/);
});
