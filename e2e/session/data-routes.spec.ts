import { globSync } from 'node:fs';
import { join } from 'node:path';
import { request as send } from 'undici';
import { appNames, type AppName } from '../../apps/environment/apps.ts';
import { groups } from '../../fixtures/people.ts';
import type { Person } from '../../fixtures/person.ts';
import { repositoryRoot } from '../../fleet/root.ts';
import { expect, test } from '../index.ts';
import { secretOf } from '../models/sealed-cookie.ts';

/** The routes of a folder of sources, by the names of their files (Nitro: `/me` is `me.get.ts`). */
const routesIn = (folder: string, prefix: string): string[] =>
  globSync('**/*.ts', { cwd: join(repositoryRoot, folder) })
    .map((file) => `${prefix}/${file.replace(/(?:\.get)?\.ts$/, '')}`)
    .toSorted();

/** Routes whose data is that of the user who asks. All others are for operators, in the app operator. */
const ofOneself: ReadonlySet<string> = new Set(['me', 'mailbox', 'storage']);
const isOfOneself = (path: string): boolean => ofOneself.has(path.split('/').at(-1) ?? '');

const routesOfApp = (app: AppName): string[] => routesIn(`apps/${app}/server/api`, '/api');
const routesOfPlatform = routesIn('apps/platform-api/server/routes/v1', '/v1');

/** Groups that are not that of the operators, however much their names have in common. */
const almostOperators = [
  `${groups.operators}-retired`,
  `former-${groups.operators}`,
  groups.operators.slice(0, -1),
  groups.operators.toUpperCase(),
];

test.use({ needs: ['store', 'services'] });

test(
  'no data route of the apps or of platform-api answers a stranger, somebody without the group, or the other app, and each user gets their own data',
  { tag: ['@group-by-prefix', '@storage-of-another-user', '@tenants-listed-for-portal'] },
  async ({ fleet, manifests, newHttpSession, newPerson, request, sessionStore }) => {
    const { host, port } = await fleet.reach('platform-api', 80);
    const askPlatform = async (path: string, token?: string) => {
      const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
      const { statusCode, body } = await send(`http://${host}:${port}${path}`, { headers });
      return { status: statusCode, text: await body.text() };
    };
    const people: Readonly<Record<string, Person>> = {
      operator: await newPerson(),
      'another operator': await newPerson(),
      customer: await newPerson([groups.customers]),
      'almost an operator': await newPerson(almostOperators),
    };
    const wrong: string[] = [];
    const seen = new Map<string, string>();
    let asked = 0;
    const note = (who: string, path: string, expected: number, { status, text }: { status: number; text: string }) => {
      asked += 1;
      if (status !== expected) wrong.push(`${path} answers ${status} to ${who}`);
      if (status !== 200 || !isOfOneself(path)) return;
      // Each user has data that nobody else has.
      const of = seen.get(text);
      if (of !== undefined && of !== `${path} ${who}`) wrong.push(`${path} answers ${who} with what ${of} got`);
      seen.set(text, `${path} ${who}`);
    };
    for (const app of appNames)
      for (const [who, person] of Object.entries(people)) {
        const isOperator = person.groups.includes(groups.operators);
        const { session, person: own } = await sessionStore.signedIn(() => newHttpSession(app, person));
        for (const path of routesOfApp(app)) {
          const answer = await own.call(path);
          const expected = isOfOneself(path) || isOperator ? 200 : 403;
          note(`${who} of ${app}`, path, expected, { status: answer.status(), text: await answer.text() });
        }
        const cookie = (await own.request.storageState()).cookies
          .map(({ name, value }) => `${name}=${value}`)
          .join('; ');
        for (const other of appNames.filter((name) => name !== app))
          for (const path of routesOfApp(other)) {
            const url = `https://${fleet.hosts[other]}${path}`;
            const answer = await request.get(url, { headers: { cookie }, maxRedirects: 0 });
            note(`the cookie of ${app}`, `${other} ${path}`, 401, { status: answer.status(), text: '' });
          }
        const { access } = await sessionStore.tokensOf(session, secretOf(app, manifests, 'NUXT_OIDC_TOKEN_KEY'));
        for (const path of routesOfPlatform) {
          const isOfApp = routesOfApp(app).includes(path.replace('/v1', '/api'));
          const expected = isOfApp && (isOfOneself(path) || isOperator) ? 200 : 403;
          note(`the token of ${who} of ${app}`, path, expected, await askPlatform(path, access));
        }
      }
    for (const path of routesOfPlatform) note('a stranger', path, 401, await askPlatform(path));
    for (const app of appNames)
      for (const path of routesOfApp(app)) {
        const answer = await request.get(`https://${fleet.hosts[app]}${path}`, { maxRedirects: 0 });
        note('a stranger', `${app} ${path}`, 401, { status: answer.status(), text: '' });
      }
    expect(asked, 'requests').toBeGreaterThan(100);
    expect(wrong, 'data routes that answer whom they should not').toEqual([]);
  },
);
