import { decodeJwt } from 'jose';
import { appNames, sessionApp } from '../../apps/environment/apps.ts';
import { sourceValues } from '../../fleet/manifests/variables.ts';
import { httpsOf } from '../../fleet/hosts.ts';
import { expect, test } from '../index.ts';
import { publicPages, routes } from '../contract.ts';
import type { App } from '../models/app.ts';
import { sendLogoutToken } from '../models/back-channel.ts';
import { expireForReal } from '../models/refreshes.ts';
import { twoPods } from '../claims/two-pods.ts';
import { precondition } from '../models/precondition.ts';
import { shows } from '../requirements/requirements.ts';
import { WatchedApp } from '../models/watched-app.ts';

const signOutPath = '/auth/oidc/logout';
/** In seconds. */
const minute = 60;

for (const appName of appNames) {
  test.describe(appName, () => {
    test.use({ appName });

    test.describe(() => {
      test.use({ needs: ['store'] });

      test(
        'no response, from the sign-in to the sign-out, has a token, a code or a secret of the session',
        {
          tag: ['@tokens-in-pages', '@access-token-in-page-state', '@sign-out-repeats-token'],
          annotation: shows('ASVS 10.1.1'),
        },
        async ({ clientId, fleet, manifests, newPerson, sessionStore }) => {
          await using watched = new WatchedApp(appName, { clientId, fleet, manifests, sessionStore });
          const session = await watched.signIn(await newPerson());
          const { pages, api } = sessionApp[appName];
          const paths = [...pages, ...publicPages, ...api, '/api/_auth/session', '/no/such/page', '/api/none'];
          for (const when of ['first', 'after a refresh']) {
            for (const path of paths) {
              const accept = path.startsWith('/api/') ? 'application/json' : 'text/html';
              await watched.send(path, { headers: { accept } });
            }
            if (when === 'first') await sessionStore.expireAccessToken(session);
            else await watched.learnTokens(session);
          }
          const { headers } = await watched.send(signOutPath, { method: 'POST', headers: { origin: watched.origin } });
          expect(headers['location'], 'where signing out leads').toContain('id_token_hint');
          expect(await watched.leaks(), 'secrets of the session in responses').toEqual([]);
        },
      );
    });

    test(
      'no response without a session contains a value of a Secret',
      { tag: ['@health-shows-tokens'] },
      async ({ app, fleet, manifests, newProfile }) => {
        const secrets = manifests
          .filter(({ kind }) => kind === 'Secret')
          .flatMap((secret) => [...sourceValues(secret)])
          .flatMap(([name, known]) => ('value' in known && known.value !== '' ? [{ name, value: known.value }] : []));
        precondition(secrets.length > 0, 'no Secret has a value');
        const stranger = (await newProfile()).request;
        const { live, ready } = sessionApp[appName].health;
        const own = [live, ready, '/', ...publicPages, '/api/me', '/no/such/page'].map((path) => app.origin + path);
        const behind = ['/health/live', '/health/ready', '/v1/me', '/'].map((path) => httpsOf(fleet.hosts.api) + path);
        const shown: string[] = [];
        for (const url of [...own, ...behind]) {
          const answer = await stranger.get(url);
          const text = (await answer.text()) + JSON.stringify(answer.headers());
          shown.push(...secrets.filter(({ value }) => text.includes(value)).map(({ name }) => `${name} at ${url}`));
        }
        expect(shown, 'values of Secrets that are shown').toEqual([]);
      },
    );

    test.describe('in logs', () => {
      test.use({ needs: ['store', 'authentik-control'] });

      test(
        'no log line, metric or response has a token, a code or a secret, also of a token that is refused',
        {
          tag: ['@id-token-logged', '@refused-tokens-logged'],
          annotation: shows('ASVS 10.1.1', 'RFC 9700 4.9.3'),
        },
        async ({ app, authentik, clientId, fleet, manifests, newPerson, request, sessionStore }) => {
          await using watched = new WatchedApp(appName, { clientId, fleet, manifests, sessionStore });
          const session = await watched.signIn(await newPerson());
          // Refused by platform-api, then renewed.
          await expireForReal(watched, { session, sessionStore, authentik });
          await watched.learnTokens(session);
          expect((await watched.call('/api/me')).status(), 'a call that renews the tokens').toBe(200);
          await watched.learnTokens(session);
          await watched.send(`${routes.callback}?code=the-code-of-nobody&state=of-no-sign-in`);
          await watched.learnTokens(await sessionStore.sessionOf(() => watched.signInAgain()));
          const { headers } = await watched.send(signOutPath, { method: 'POST', headers: { origin: watched.origin } });
          expect(headers['location'], 'where signing out leads').toContain('id_token_hint');

          const refused = /^A back-channel logout was refused/;
          for (const pod of await twoPods(fleet, appName)) {
            const refusals = async () => (await fleet.logs(pod)).filter((line) => refused.test(line)).length;
            const before = await refusals();
            // The log has everything that came before this.
            await sendLogoutToken(request, app, { token: 'none', pod });
            await expect.poll(refusals, `refused logout tokens in the log of ${pod}`).toBeGreaterThan(before);
            watched.addOutput(`log of ${appName}`, await fleet.logs(pod));
            watched.addOutput('metrics', [await fleet.metrics(pod)]);
          }
          for (const { name } of await fleet.pods('platform-api'))
            watched.addOutput('log of platform-api', await fleet.logs(name));
          expect(await watched.leaks(), 'secrets of the session in logs, metrics and responses').toEqual([]);
        },
      );
    });

    test.describe('after a refresh', () => {
      test.use({ needs: ['store', 'authentik-control'] });

      test(
        'sign-out sends the id token of the refresh',
        { tag: ['@id-token-hint-outdated'], annotation: shows('RP-Initiated Logout 2 id_token_hint') },
        async ({ app, authentik, newPerson, sessionStore }) => {
          const session = await sessionStore.sessionOf(async () => app.startSession(await newPerson()));
          const begin = Date.now() / 1000;
          // Makes the id tokens differ in their `iat`, which is in whole seconds.
          await authentik.setClock(minute);
          await sessionStore.expireAccessToken(session);
          expect((await app.call('/api/me')).status(), 'a call that renews the tokens').toBe(200);

          const answer = await signOutByHttp(app);
          const next = new URL(answer.headers()['location'] ?? '').searchParams.get('next') ?? '';
          const hint = new URL(next, app.origin).searchParams.get('id_token_hint') ?? '';
          const age = Math.round(begin + minute - (decodeJwt(hint).iat ?? 0));
          expect(age, 'seconds by which the id token of the sign-out is older than the refresh').toBeLessThan(
            minute / 2,
          );
        },
      );
    });
  });
}

/** The app's response to its sign-out form. */
const signOutByHttp = (app: App) =>
  app.context.request.post(app.origin + signOutPath, { headers: { origin: app.origin }, maxRedirects: 0 });
