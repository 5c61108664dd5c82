import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { check } from './check.ts';
import { settingsSchema } from './settings.ts';

const folder = mkdtempSync(join(tmpdir(), 'session-check-app-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Answers with what the test says: a status, and where it leads. */
const server = `
import { createServer } from 'node:http';
const { ISSUER, ORIGIN, CLIENT_ID, ANSWER, HOST, PORT } = process.env;
const toProvider = (query) =>
  [302, new URL('/application/o/authorize/?' + query + '&redirect_uri=' + ORIGIN + '/callback', ISSUER).href];
const answers = {
  page: [200], missing: [404], broken: [500], early: [503],
  elsewhere: [302, 'https://accounts.test/authorize'],
  back: [302, new URL('/application/o/authorize/?redirect_uri=http://localhost:3000/callback', ISSUER).href],
  type: toProvider('client_id=app&response_type=id_token'),
  method: toProvider('client_id=app&response_type=code&code_challenge=c&code_challenge_method=S512'),
  client: toProvider('client_id=other&response_type=code'),
  loop: [302, '/login'],
};
const to = new URL('/application/o/authorize/', ISSUER);
to.search = new URLSearchParams({ redirect_uri: ORIGIN + '/callback', client_id: CLIENT_ID, response_type: 'code', scope: 'openid' });
const ends = { refused: [403], open: [302, '/'], other: [302, '/', 'session.id=1'] };
createServer(({ url, headers }, response) => {
  if (url.startsWith('/callback') && ANSWER === 'hangs') return;
  if (url.startsWith('/callback') || url === '/') {
    const [status, location, cookie] = url === '/' ? [200] : ends[ANSWER];
    return response.writeHead(status, { ...(location && { location }), ...(cookie && { 'set-cookie': cookie }) }).end('the secret is wrong');
  }
  if (url === '/api/me') return response.writeHead(headers.cookie ? 200 : 401).end();
  const [status, location] = answers[ANSWER] ?? [302, to.href];
  response.writeHead(status, location ? { location } : {}).end();
}).listen(PORT, HOST, () => console.log('it listens'));
`;
beforeAll(() => writeFileSync(join(folder, 'server.mjs'), server));

const settingsWith = (more: object) =>
  settingsSchema.parse({
    start: 'node server.mjs',
    in: folder,
    signIn: '/login',
    protected: ['/api/me'],
    cookie: 'sid',
    ...more,
  });

test.each([
  ['page', /GET \/login was answered with 200, and redirects nowhere\. If it is a page with a button/],
  ['missing', /no sign-in at \/login: the app answered 404/],
  ['broken', /GET \/login was answered with 500\.[^]*it listens/],
  ['early', /GET \/login was answered with 503\. If the app listens before it can serve[^]*--ready <path>/],
  ['elsewhere', /leads to https:\/\/accounts\.test, not to the provider of this check/],
  ['back', /come back to http:\/\/localhost:3000\/callback, and it is at https:\/\/app\.session-check\.test/],
  ['type', /does not offer response_type=id_token: .*"invalid_request.*let the app ask for response_type=code/],
  ['method', /"invalid_request: Unsupported challenge method S512"/],
  ['client', /is answered with 400 "[^"]*Client ID Error.*for the client other/],
  ['loop', /redirects 3 times inside the app/],
])(
  'a sign-in that ends in %s',
  async (answer, sentence) => {
    await expect(check(settingsWith({ env: { ANSWER: answer } }), { report: join(folder, 'report') })).rejects.toThrow(
      sentence,
    );
  },
  30_000,
);

test.each([
  ['is refused at its end', 'refused', /GET \/callback was answered 403 by app-\S+\. It said "the secret is wrong"/],
  ['has no end', 'hangs', /GET \/callback was not answered by app-/],
  [
    'sets another cookie',
    'other',
    /After a sign-in the browser has no cookie sid; it has session\.id\. Name that of the session: --cookie <name>/,
  ],
  ['opens nothing', 'open', /GET \/api\/me was answered 401 by app-\S+, after a sign-in on it/],
])(
  'no claim is broken when a sign-in on one pod %s',
  async (_what, answer, sentence) => {
    const only = 'balanced,cross-pod,tabs';
    const { tests } = await check(settingsWith({ env: { ANSWER: answer } }), { only, report: join(folder, 'report') });
    const said = expect.stringMatching(new RegExp(`unproven: nobody can sign in. ${sentence.source}`));
    expect(tests).toEqual(only.split(',').map((title) => expect.objectContaining({ title, message: said })));
  },
  120_000,
);

test.each([
  ['is not there', undefined, /sign-in\.mjs does not load: /],
  ['exports something else', 'export const signIn = 1;', /sign-in\.mjs has no function as its default export/],
])('a login form whose module %s', async (_what, text, sentence) => {
  const signIn = join(mkdtempSync(join(folder, 'own-')), 'sign-in.mjs');
  if (text !== undefined) writeFileSync(signIn, text);
  const provider = {
    issuer: 'https://id.example/',
    clientId: 'shop',
    clientSecret: '',
    users: [{ username: 'ada', password: 'pw' }],
    signIn,
  };
  await expect(check(settingsWith({ provider }), { report: join(folder, 'report') })).rejects.toThrow(sentence);
});
