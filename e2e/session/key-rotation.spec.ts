import { sessionApp } from '../../apps/environment/apps.ts';
import { deadline } from '../deadline.ts';
import { expect, test } from '../index.ts';
import { layerApp } from '../layer-app.ts';
import { twoPods } from '../claims/two-pods.ts';
import { recovery } from '../models/recovery.ts';
import { refreshesOf } from '../models/refreshes.ts';

const appName = layerApp('portal');

test.use({ appName, needs: ['store', 'authentik-control'] });

for (const keepOld of [true, false]) {
  test(
    `a new signing key ${keepOld ? 'beside the old one' : 'in place of the old one'} is accepted immediately, each time`,
    { tag: ['@jwks-cooldown-too-long', '@refresh-token-lost-unless-rotated'] },
    async ({ fleet, newHttpSession, sessionStore, authentik }) => {
      const pods = await twoPods(fleet, appName);
      let call!: Awaited<ReturnType<typeof newHttpSession>>['call'];
      const session = await sessionStore.sessionOf(async () => ({ call } = await newHttpSession(appName)));
      // The second and third rotation happen when platform-api has just fetched the key set and caches it.
      for (const rotation of [1, 2, 3]) {
        await authentik.rotateKeys({ keepOld });
        await sessionStore.expireAccessToken(session);
        for (const pod of pods) {
          const status = (await call('/api/me', pod)).status();
          expect(status, `with a token of the new key, rotation ${rotation}, on ${pod}`).toBe(200);
        }
      }
    },
  );
}

test(
  'users whose tokens have a key that Authentik has removed stay signed in, with new tokens',
  { tag: ['@refused-token-not-renewed', '@refused-token-ends-session', '@refresh-token-lost-unless-rotated'] },
  async ({ app, fleet, newPerson, newHttpSession, sessionStore, authentik }) => {
    const pods = await twoPods(fleet, appName);
    const person = await newPerson();
    const session = await sessionStore.sessionOf(() => app.openSignedIn(person));
    const dropKey = async () => {
      await authentik.rotateKeys({ keepOld: false });
      // Another user's token that is signed with the new key makes platform-api fetch the key set again.
      const { call } = await newHttpSession(appName);
      // Calls at the same time have a connection each: of so many, one reaches each pod of platform-api.
      const calls = pods.flatMap((pod) => Array.from({ length: 10 }, () => call('/api/me', pod)));
      const statuses = (await Promise.all(calls)).map((answer) => answer.status());
      expect(new Set(statuses), 'answers to a session of the new key').toEqual(new Set([200]));
      await sessionStore.age(session, 60);
    };
    await dropKey();
    for (const path of sessionApp[appName].api)
      for (const pod of pods)
        expect((await app.call(path, { pod })).status(), `${path} on ${pod}, signed in with the old key`).toBe(200);
    expect(await refreshesOf(authentik, { user: person.username }), 'refreshes').toEqual([200]);
    await app.goto(sessionApp[appName].pages[1]);
    await expect(app.signOutControl, 'a page of the session').toBeVisible();
    expect(await sessionStore.keyNames(), 'session keys').toContain(session.key);

    await dropKey();
    await authentik.setFault({ tokenStatus: 503, username: person.username });
    expect((await app.call('/api/me')).status(), 'while Authentik gives no new tokens').toBe(503);
    await authentik.clearFaults(person.username);
    // The pod that answered remembers the failure for 2 s.
    await recovery(() => app.call('/api/me'), { of: 'when it does', allowed: ['503 app'], timeout: deadline(10_000) });
  },
);

test(
  'a platform-api that refuses every token causes one refresh of a session a minute',
  { tag: ['@refused-token-renewed-each-time'] },
  async ({ app, fleet, newPerson, sessionStore, authentik }) => {
    const pods = await twoPods(fleet, appName);
    const person = await newPerson();
    const session = await sessionStore.sessionOf(async () => app.startSession(person));
    // By this clock the tokens of Authentik have expired for platform-api, and are new for the app.
    await authentik.setClock(-1000);
    await sessionStore.expireAccessToken(session);
    for (let call = 0; call < 10; call += 1) {
      const pod = pods[call % pods.length]!;
      expect((await app.call('/api/me', { pod })).status(), `with a token that is refused, on ${pod}`).toBe(502);
    }
    expect(await refreshesOf(authentik, { user: person.username }), 'refreshes in ten calls').toEqual([200]);
    await authentik.setClock(0);
    await sessionStore.age(session, 60);
    expect((await app.call('/api/me')).status(), 'a minute later, with a good clock').toBe(200);
  },
);
