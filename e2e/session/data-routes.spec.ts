import { randomUUID } from 'node:crypto';
import { globSync } from 'node:fs';
import { join } from 'node:path';
import { request as send } from 'undici';
import { appNames, type AppName } from '../../apps/environment/apps.ts';
import { groups } from '../../fixtures/people.ts';
import type { Person } from '../../fixtures/person.ts';
import { repositoryRoot } from '../../fleet/root.ts';
import { expect, test } from '../index.ts';
import { secretOf } from '../models/sealed-cookie.ts';
import { shows } from '../requirements/requirements.ts';

/** The routes of a folder of sources, by the names of their files (Nitro: `/me` is `me.get.ts`). */
const routesIn = (folder: string, prefix: string): string[] =>
  globSync('**/*.ts', { cwd: join(repositoryRoot, folder) }).map(
    (file) => `${prefix}/${file.replace(/(?:\.get)?\.ts$/, '')}`,
  );

/** Routes of which other tests say who is answered: health, and the ends of a sign-in and of a session. */
const withoutData: ReadonlySet<string> = new Set([
  '/api/_health/live',
  '/api/_health/ready',
  '/health/live',
  '/health/ready',
  '/auth/return',
  '/auth/oidc/logout.post',
  '/auth/oidc/backchannel-logout.post',
]);

/** All other routes of a folder of apps/, wherever Nitro looks for them. */
const dataRoutesOf = (folder: string): string[] =>
  [...routesIn(`apps/${folder}/server/api`, '/api'), ...routesIn(`apps/${folder}/server/routes`, '')]
    .filter((path) => !withoutData.has(path))
    .toSorted();

/** Routes whose data is that of the user who asks. All others are for operators, in the app operator. */
const ofOneself: ReadonlySet<string> = new Set(['me', 'mailbox', 'storage']);
/** Without its query. */
const routeOf = (path: string): string => path.replace(/\?.*/, '');
const isOfOneself = (path: string): boolean => ofOneself.has(routeOf(path).split('/').at(-1) ?? '');

const routesOfApp = (app: AppName): string[] => [...dataRoutesOf('base'), ...dataRoutesOf(app)];
const routesOfPlatform = dataRoutesOf('platform-api');

/** Groups that are not that of the operators, however much their names have in common. */
const almostOperators = [
  `${groups.operators}-retired`,
  `former-${groups.operators}`,
  groups.operators.slice(0, -1),
  groups.operators.toUpperCase(),
];

/** Parameters that name another user to a route which reads them. */
const naming = ({ username, email }: Person): string => {
  const names = ['id', 'user', 'username', 'userId', 'user_id', 'name', 'owner', 'account', 'principal', 'sub'];
  return new URLSearchParams([...names.map((name) => [name, username]), ['email', email]]).toString();
};

test.use({ needs: ['store', 'services'] });

test(
  'no data route of the apps or of platform-api answers a stranger, somebody without the group, or the other app, and each user gets their own data',
  {
    tag: [
      '@group-by-prefix',
      '@storage-of-another-user',
      '@users-listed-for-portal',
      '@users-listed-for-anyone',
      '@mailbox-of-a-parameter',
      '@mailbox-by-local-part',
    ],
    annotation: shows('ASVS 10.3.2', 'RFC 9700 2.3 actions'),
  },
  async ({ fleet, manifests, newHttpSession, newPerson, request, sessionStore }) => {
    const { host, port } = await fleet.reach('platform-api', 80);
    const askPlatform = async (path: string, token?: string) => {
      const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
      const { statusCode, body } = await send(`http://${host}:${port}${path}`, { headers });
      return { status: statusCode, text: await body.text() };
    };
    // Usernames may be e-mail addresses, of which only the domains differ.
    const local = `namesake-${randomUUID().slice(0, 8)}`;
    const people: Readonly<Record<string, Person>> = {
      operator: await newPerson(undefined, { username: `${local}@one.example` }),
      'another operator': await newPerson(undefined, { username: `${local}@two.example` }),
      customer: await newPerson([groups.customers]),
      'almost an operator': await newPerson(almostOperators),
    };
    const wrong: string[] = [];
    const seen = new Map<string, string>();
    let asked = 0;
    /** @param by what the user sends. */
    const note = (
      who: string,
      by: string,
      path: string,
      answer: { status: number; text?: string; expected: number },
    ) => {
      const { status, text = '', expected } = answer;
      asked += 1;
      if (status !== expected) wrong.push(`${path} answers ${status} to ${who} with ${by}`);
      if (status !== 200 || !isOfOneself(path)) return;
      // Each user has data that nobody else has.
      const owner = seen.get(text) ?? who;
      if (owner !== who) wrong.push(`${routeOf(path)} answers ${who} with what ${owner} got`);
      seen.set(text, owner);
    };
    for (const app of appNames)
      for (const [who, person] of Object.entries(people)) {
        const isOperator = person.groups.includes(groups.operators);
        const { session, person: own } = await sessionStore.signedIn(() => newHttpSession(app, person));
        const other = who === 'operator' ? people['another operator']! : people['operator']!;
        const withNames = (paths: readonly string[]) => [
          ...paths,
          ...paths.filter(isOfOneself).map((path) => `${path}?${naming(other)}`),
        ];
        for (const path of withNames(routesOfApp(app))) {
          const answer = await own.call(path);
          const expected = isOfOneself(path) || isOperator ? 200 : 403;
          note(who, `the cookie of ${app}`, path, { status: answer.status(), text: await answer.text(), expected });
        }
        const cookie = await own.cookieHeader();
        for (const otherApp of appNames.filter((name) => name !== app))
          for (const path of routesOfApp(otherApp)) {
            const url = `https://${fleet.hosts[otherApp]}${path}`;
            const answer = await request.get(url, { headers: { cookie }, maxRedirects: 0 });
            note(who, `the cookie of ${app}`, `${path} of ${otherApp}`, { status: answer.status(), expected: 401 });
          }
        const { access } = await sessionStore.tokensOf(session, secretOf(app, manifests, 'NUXT_OIDC_TOKEN_KEY'));
        for (const path of withNames(routesOfPlatform)) {
          const isOfApp = routesOfApp(app).includes(routeOf(path).replace('/v1', '/api'));
          const expected = isOfApp && (isOfOneself(path) || isOperator) ? 200 : 403;
          note(who, `a token of ${app}`, path, { ...(await askPlatform(path, access)), expected });
        }
      }
    for (const path of routesOfPlatform)
      note('a stranger', 'nothing', path, { ...(await askPlatform(path)), expected: 401 });
    for (const app of appNames)
      for (const path of routesOfApp(app)) {
        const answer = await request.get(`https://${fleet.hosts[app]}${path}`, { maxRedirects: 0 });
        note('a stranger', 'nothing', `${path} of ${app}`, { status: answer.status(), expected: 401 });
      }
    expect(asked, 'requests').toBeGreaterThan(100);
    expect(wrong, 'data routes that answer whom they should not').toEqual([]);
  },
);

test.describe('a user whose groups change', () => {
  test.use({ needs: ['store'] });

  test(
    'may see what the next access token says',
    { tag: ['@operators-remembered'] },
    async ({ authentikAdmin, newHttpSession, newPerson, sessionStore }) => {
      const members = { joins: await newPerson([groups.customers]), leaves: await newPerson() };
      const answersOf = async (change: keyof typeof members) => {
        const { session, person: own } = await sessionStore.signedIn(() => newHttpSession('operator', members[change]));
        // At once, because each connection leads to one pod of platform-api.
        const statuses = async () => {
          const answers = await Promise.all(Array.from({ length: 12 }, () => own.call('/api/users')));
          return [...new Set(answers.map((answer) => answer.status()))];
        };
        const before = await statuses();
        await authentikAdmin.setGroups(members[change], [change === 'joins' ? groups.operators : groups.customers]);
        await sessionStore.expireAccessToken(session);
        return { before, after: await statuses() };
      };
      expect(await answersOf('joins'), 'GET /api/users of one who joins the operators').toEqual({
        before: [403],
        after: [200],
      });
      expect(await answersOf('leaves'), 'GET /api/users of one who leaves them').toEqual({
        before: [200],
        after: [403],
      });
    },
  );
});
