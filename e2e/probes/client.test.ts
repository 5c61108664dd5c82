import { createServer } from 'node:http';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { forEachApp } from '../../apps/environment/apps.ts';
import { HarnessError } from '../../fleet/errors.ts';
import { listening } from '../../fleet/testing.ts';
import { crawl } from './checks/pages.ts';
import { userAgent, type SmokeTarget } from './target.ts';
import { SmokeClient } from './client.ts';

/** Responses of the stub of both apps, by path; any other path is a 404. */
let pages: Record<string, { status?: number; body: string; headers?: Record<string, string> }>;
const seen: Array<{ method: string; url: string; agent: string }> = [];

const server = createServer((request, response) => {
  seen.push({ method: request.method!, url: request.url!, agent: request.headers['user-agent'] ?? '' });
  const { status = 200, body, headers = {} } = pages[request.url!] ?? { status: 404, body: '' };
  response.writeHead(status, headers).end(body);
});
let target: SmokeTarget;

beforeAll(async () => {
  const own = `http://127.0.0.1:${await listening(server, afterAll)}`;
  target = {
    urls: { ...forEachApp(() => own), auth: own },
    pods: 1,
    wait: 0,
    budget: 1_000,
    authorize: false,
  };
});
beforeEach(() => {
  pages = {};
  seen.length = 0;
});

test('the client sends GET and says who it is', async () => {
  await new SmokeClient(target).get('operator', '/sign-in');
  expect(seen).toEqual([{ method: 'GET', url: '/sign-in', agent: userAgent }]);
});

test.each([
  ['operator', '/auth/oidc/logout'],
  ['operator', '/auth/oidc/callback?code=a'],
  ['operator', '/sign-in?to=/'],
  ['operator', 'https://elsewhere.example/sign-in'],
  ['auth', '/application/o/operator/end-session/'],
  ['auth', '/sign-in'],
] as const)('a client does not ask %s for %s, which is not in the list', async (role, path) => {
  await expect(new SmokeClient(target).get(role, path)).rejects.toThrow(HarnessError);
  expect(seen).toEqual([]);
});

test('a crawl follows scripts to those of pages behind the sign-in', async () => {
  pages = {
    '/sign-in': { body: '<script type="module" src="/_nuxt/main.js"></script>' },
    '/sign-out': { body: '' },
    '/signed-out': { body: '<link rel="stylesheet" href="/_nuxt/main.css"><script src="/_nuxt/main.js"></script>' },
    '/_nuxt/main.js': { body: 'import("./sidebar.js")' },
    '/_nuxt/sidebar.js': { body: 'export const label = "operator.dezky.local"; import "./main.js"' },
    '/_nuxt/main.css': { body: '.a.local{}' },
  };
  const { files, faults } = await crawl(new SmokeClient(target), 'operator');
  expect(files).toBe(3);
  expect(faults).toEqual([
    expect.stringMatching(/^\/_nuxt\/sidebar\.js of operator names the development host operator\.dezky\.local/),
  ]);
  expect(seen).toHaveLength(6);
});

const emptyPages = { '/sign-out': { body: '' }, '/signed-out': { body: '' } };

test('a crawl reports a script that is not there', async () => {
  pages = { ...emptyPages, '/sign-in': { body: '<script src="/_nuxt/gone.js"></script>' } };
  const { faults } = await crawl(new SmokeClient(target), 'operator');
  expect(faults).toEqual([expect.stringContaining('answers 404 to GET /_nuxt/gone.js')]);
});

test('a crawl says where a page leads instead', async () => {
  pages = { ...emptyPages, '/sign-in': { status: 302, body: '', headers: { location: '/sign-in/?a=1' } } };
  const { faults } = await crawl(new SmokeClient(target), 'operator');
  expect(faults).toEqual([
    expect.stringMatching(/answers 302 to GET \/sign-in, .*: it leads to http\S+\/sign-in\/, so look/),
  ]);
});

test('a crawl lets a target that is itself a development fleet name its own hosts', async () => {
  pages = { ...emptyPages, '/sign-in': { body: 'http://127.0.0.1/ auth.dezky.local' } };
  const { faults } = await crawl(new SmokeClient(target), 'operator');
  expect(faults).toEqual([expect.stringContaining('auth.dezky.local')]);
});

test('data without the name of a pod, where pods name themselves, is of something in front', async () => {
  pages = {
    '/api/_health/ready': { body: '{"ok":true}', headers: { 'x-served-by': 'operator-a' } },
    '/api/me': { body: '{"error":"forbidden"}' },
    '/sign-in': { body: '' },
  };
  const client = new SmokeClient(target);
  expect(await client.get('operator', '/api/me')).toMatchObject({ status: 200 });
  await client.get('operator', '/api/_health/ready');
  await expect(client.get('operator', '/api/me')).rejects.toThrow(/answered with 200 by what is before its pods/);
  expect(await client.get('operator', '/sign-in')).toMatchObject({ status: 200 });
});
