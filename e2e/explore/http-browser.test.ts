import { afterAll, beforeAll, expect, test } from 'vitest';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Agent } from 'undici';
import { HttpBrowser, type Received } from './http-browser.ts';

let server: Server;
let url: string;
beforeAll(async () => {
  server = createServer((request, response) => {
    if (request.url === '/set') response.setHeader('set-cookie', ['a=1; Path=/', 'b=2; Path=/; Max-Age=100']);
    if (request.url === '/unset')
      response.setHeader('set-cookie', ['a=; Max-Age=0', 'b=x; Expires=Thu, 01 Jan 1970 00:00:00 GMT']);
    if (request.url === '/moved') response.writeHead(302, { location: '/there' });
    if (request.url !== '/never') response.end(JSON.stringify({ cookie: request.headers.cookie ?? '' }));
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const received: Received[] = [];
const open = (): HttpBrowser =>
  new HttpBrowser(new Agent(), { headers: {}, timeoutMs: 200, received: (answer) => received.push(answer) });

test('keeps cookies, sends them, and drops those that have ended', async () => {
  const browser = open();
  const sent = async (): Promise<unknown> => (await browser.get(`${url}/`)).json();
  await browser.request(`${url}/set`);
  expect(await sent()).toEqual({ cookie: 'a=1; b=2' });
  await browser.request(`${url}/unset`);
  expect(await sent()).toEqual({ cookie: '' });
});

test('a request with the cookie of another keeps its own', async () => {
  const browser = open();
  await browser.request(`${url}/set`);
  const answer = await browser.request(`${url}/unset`, { cookie: 'old=1' });
  expect(JSON.parse(answer.body)).toEqual({ cookie: 'old=1' });
  expect(browser.cookieHeader(new URL(url).host)).toBe('a=1; b=2');
});

test('follows redirects for a sign-in unless told not to', async () => {
  const browser = open();
  expect((await browser.get(`${url}/moved`)).url()).toBe(`${url}/there`);
  expect((await browser.get(`${url}/moved`, { maxRedirects: 0 })).status()).toBe(302);
});

test('a request without an answer has status 0 and tells how long it took', async () => {
  const answer = await open().request(`${url}/never`);
  expect(answer).toMatchObject({ status: 0, error: 'TimeoutError', pod: '' });
  expect(answer.ms).toBeGreaterThanOrEqual(190);
  expect(received.at(-1)).toBe(answer);
});
