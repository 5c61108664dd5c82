import { createServer } from 'node:http';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { Live } from '../../fleet/engines/live/live.ts';
import { listening } from '../../fleet/testing.ts';
import { Visitor } from './visitor.ts';

const account = { username: 'olivia', password: 'hunter2' };
type Answer = { status?: number; headers?: Record<string, string>; body?: object };
let answers: Record<string, (sent: number) => Answer>;
const seen: Array<{ line: string; cookie: string; body: string }> = [];

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const { method = '', url = '', headers } = request;
    seen.push({ line: `${method} ${url}`, cookie: headers.cookie ?? '', body: Buffer.concat(chunks).toString() });
    const {
      status = 200,
      headers: given = {},
      body = {},
    } = answers[url.split('?')[0]!]?.(seen.length) ?? { status: 404 };
    response.writeHead(status, given).end(JSON.stringify(body));
  });
});
let own: string;
let visitor: Visitor;

beforeAll(async () => {
  own = `http://127.0.0.1:${await listening(server, afterAll)}`;
});
beforeEach(() => {
  seen.length = 0;
  answers = {};
  visitor = new Visitor(new Live({}), [own], ({ pathname }) => pathname.startsWith('/api/v3/flows/executor/'));
});

const page = () => `${own}/if/flow/login/?next=%2F`;
const executor = '/api/v3/flows/executor/login/';

test('it keeps cookies, and answers the flow of a sign-in', async () => {
  const challenges = [
    { component: 'ak-stage-identification' },
    { component: 'ak-stage-password' },
    { component: 'xak-flow-redirect', to: '/done' },
  ];
  answers[executor] = (sent) => ({
    headers: { 'set-cookie': `step=${sent}; Path=/` },
    body: challenges[sent - 1]!,
  });
  expect(await visitor.logIn(page(), account)).toBe(`${own}/done`);
  expect(seen.map(({ line, cookie, body }) => [line.split('?')[0], cookie, body])).toEqual([
    [`GET ${executor}`, '', ''],
    [`POST ${executor}`, 'step=1', '{"component":"ak-stage-identification","uid_field":"olivia"}'],
    [`POST ${executor}`, 'step=2', '{"component":"ak-stage-password","password":"hunter2"}'],
  ]);
});

test('it sends cookies to their paths, and drops what is removed with its path alone', async () => {
  answers['/a/b'] = () => ({ headers: { 'set-cookie': 'sid=1; Path=rubbish' } });
  answers['/set'] = () => ({ headers: { 'set-cookie': 'sid=2; Path=/' } });
  answers['/remove'] = () => ({ headers: { 'set-cookie': 'sid=; Path=/; Max-Age=0' } });
  answers['/a/c'] = () => ({});
  for (const path of ['/a/b', '/set', '/a/c', '/remove', '/a/c', '/']) await visitor.send(own + path);
  expect(seen.map(({ cookie }) => cookie)).toEqual(['', '', 'sid=1; sid=2', 'sid=2', 'sid=1', '']);
  expect(visitor.cookieOf(`${own}/a/c`)).toBe('sid=1');
  expect(visitor.withheld.at(-1)).toMatchObject({ name: 'sid', why: 'it is for the path /a alone', isAlone: true });
});

test('a Strict cookie is withheld until redirects from another site have ended', async () => {
  const other = `http://localhost:${new URL(own).port}`;
  visitor = new Visitor(new Live({}), [own, other], () => false);
  answers['/set'] = () => ({ headers: { 'set-cookie': 'sid=1; Path=/; SameSite=Strict' } });
  answers['/login'] = () => ({});
  answers['/callback'] = () => ({ status: 302, headers: { location: '/home' } });
  answers['/home'] = () => ({});
  await visitor.send(`${own}/set`);
  await visitor.send(`${other}/login`);
  await visitor.follow(await visitor.send(`${own}/callback`));
  await visitor.send(`${own}/home`);
  expect(seen.map(({ line, cookie }) => [line, cookie])).toEqual([
    ['GET /set', ''],
    ['GET /login', ''],
    ['GET /callback', ''],
    ['GET /home', ''],
    ['GET /home', 'sid=1'],
  ]);
  expect(visitor.withheld.map(({ at }) => at.pathname)).toEqual(['/callback', '/home']);
});

test.each([
  ['sid=1; Domain=other.test', 'another host'],
  ['__Host-sid=1; Path=/a; Secure', 'what its prefix forbids'],
  ['sid=1; SameSite=None', 'every site, without Secure'],
])('%s, for %s, is refused and not kept', async (cookie) => {
  answers['/set'] = () => ({ headers: { 'set-cookie': cookie } });
  await visitor.send(`${own}/set`);
  expect(visitor.refused).toHaveLength(1);
  expect(visitor.cookieOf(`${own}/a`)).toBe('');
});

test.each<[what: string, answer: Answer, error: RegExp]>([
  ['a stage that comes again', { body: { component: 'ak-stage-password' } }, /got no further than ak-stage-password/],
  ['another stage', { body: { component: 'ak-stage-captcha' } }, /got no further than ak-stage-captcha/],
  [
    'an executor on another host',
    { status: 302, headers: { location: 'http://127.0.0.1:1/' } },
    /it leads to http:\/\/127\.0\.0\.1:1\//,
  ],
  ['an endless executor', { status: 302, headers: { location: executor } }, /answered 302, and no challenge/],
])('%s ends a sign-in, and the password goes to nobody else', async (_what, answer, error) => {
  answers[executor] = () => answer;
  await expect(visitor.logIn(page(), account)).rejects.toThrow(error);
  expect(seen.length).toBeLessThan(30);
});

test('it sends nothing by POST that it may not', async () => {
  await expect(visitor.send(`${own}/api/users`, { method: 'POST' })).rejects.toThrow('which is not sent there');
  await expect(visitor.send('http://127.0.0.1:1/', {})).rejects.toThrow('it leads to http://127.0.0.1:1/');
  expect(seen).toEqual([]);
});
