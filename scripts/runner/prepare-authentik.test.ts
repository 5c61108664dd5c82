import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { scratchFolder } from '../../fleet/testing.ts';
import { startTestEdge } from '../../fleet/edge/testing.ts';
import { startCallRelay } from './prepare-authentik.ts';

const path = '/operator.fleet.example/auth/oidc/backchannel-logout';
const call = (url: string): Promise<Response> =>
  fetch(url + path, {
    method: 'POST',
    headers: { 'user-agent': 'authentik@2026.5.0' },
    body: new URLSearchParams({ logout_token: 'a.b.c' }),
  });

test('a call goes to the app by way of the edge, and its answer back', async () => {
  const edge = await startTestEdge();
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
  const folder = scratchFolder();
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

test.each([
  ['comes before the fleet is up', undefined, /^503/],
  ['does not reach the edge', { proxyUrl: 'http://127.0.0.1:1', caFile: '/no/such.pem' }, /^502 ENOENT/],
])('a call that %s is refused, so that Authentik tries again', async (_what, edge, refusal) => {
  await using relay = await startCallRelay('127.0.0.1', () => edge);
  const answer = await call(relay.url);
  expect(`${answer.status} ${await answer.text()}`).toMatch(refusal);
});
