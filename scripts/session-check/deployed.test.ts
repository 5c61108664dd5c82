import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test, vi } from 'vitest';
import { checkDeployed } from './deployed.ts';

const open: Array<() => void> = [];
afterEach(() => {
  for (const close of open.splice(0)) close();
  vi.restoreAllMocks();
});

async function seen(answer: (url: string, origin: string) => { status: number; location?: string }) {
  let origin = '';
  const listener: RequestListener = ({ url = '' }, response) => {
    const { status, location } = answer(url, origin);
    response.writeHead(status, location === undefined ? {} : { location }).end();
  };
  const server = createServer(listener).listen(0, '127.0.0.1');
  open.push(() => server.close());
  await new Promise((resolve) => server.once('listening', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const lines: string[] = [];
  vi.spyOn(console, 'log').mockImplementation((line: string) => lines.push(line));
  const exitCode = await checkDeployed({ url: origin, signIn: '/login', protected: ['/api/me'] });
  return { exitCode, text: lines.join('\n') };
}

const authorize = (back: string) => `https://auth.test/authorize?redirect_uri=${encodeURIComponent(back)}`;

test('an app that refuses, and signs in by way of a page of its own', async () => {
  const { exitCode } = await seen((url, origin) =>
    url === '/login'
      ? { status: 302, location: '/start' }
      : url === '/start'
        ? { status: 302, location: authorize(`${origin}/callback`) }
        : { status: 401 },
  );
  expect(exitCode).toBe(0);
});

test.each([
  [
    'a call that a stranger may make',
    { status: 200 },
    authorize('https://app.test/cb'),
    /GET \/api\/me without a session was answered 200/,
  ],
  [
    'a sign-in that comes back to another host',
    { status: 401 },
    authorize('https://dev.test/callback'),
    /come back to https:\/\/dev\.test/,
  ],
  [
    'a provider without TLS',
    { status: 401 },
    'http://auth.test/authorize?redirect_uri=http://x/',
    /http:\/\/auth\.test, without TLS/,
  ],
  ['a sign-in that is a page', { status: 401 }, undefined, /redirects nowhere/],
])('%s', async (_what, call, location, sentence) => {
  const { exitCode, text } = await seen((url) =>
    url === '/login' ? { status: location ? 302 : 200, ...(location !== undefined && { location }) } : call,
  );
  expect(text).toMatch(sentence);
  expect(exitCode).toBe(1);
});
