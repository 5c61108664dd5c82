import { decodeJwt } from 'jose';
import { appNames, sessionApp } from '../../apps/environment/apps.ts';
import { sourceValues } from '../../fleet/manifests/variables.ts';
import { httpsOf } from '../../fleet/hosts.ts';
import { expect, test } from '../index.ts';
import { publicPages, type App } from '../models/app.ts';
import { sendLogoutToken } from '../models/back-channel.ts';
import { expireForReal } from '../models/refreshes.ts';
import { twoPods } from '../claims/two-pods.ts';
import { precondition } from '../models/precondition.ts';
import { shows } from '../requirements/requirements.ts';

/** The start of every JWT: the base64 of `{"`. */
const beginningOfJwt = 'eyJ';
/** In seconds. */
const minute = 60;

for (const appName of appNames) {
  test.describe(appName, () => {
    test.use({ appName });

    test(
      'no page and no response of the app gives a token to the browser',
      { tag: ['@tokens-in-pages'], annotation: shows('ASVS 10.1.1') },
      async ({ app, newPerson }) => {
        const person = await newPerson();
        await app.startSession(person);
        const bodies = new Map<string, string>();
        for (const path of sessionApp[appName].pages) {
          bodies.set(path, await app.open(path));
        }
        for (const path of [...sessionApp[appName].api, '/api/_auth/session']) {
          const answer = await app.call(path);
          expect(answer.status(), `status of ${path}`).toBe(200);
          bodies.set(path, await answer.text());
        }

        // Only paths, so that a failure does not put the token into the report.
        const leaks = [...bodies].filter(([, body]) => body.includes(beginningOfJwt)).map(([path]) => path);
        expect(leaks, 'answers that hold a token').toEqual([]);
        expect(bodies.get('/api/_auth/session'), 'the session that was looked at').toContain(person.email);
      },
    );

    test(
      'the id token of a sign-out is only in the URL, not in a body',
      { tag: ['@sign-out-repeats-token'] },
      async ({ app, newPerson }) => {
        await app.startSession(await newPerson());
        const answer = await signOutByHttp(app);
        expect(answer.headers()['location'], 'where signing out leads').toContain('id_token_hint');
        const body = await answer.text();
        const hasToken = body.includes(beginningOfJwt);
        expect(hasToken, 'whether the body of the sign-out holds a token').toBe(false);
        expect(body, 'the body of the sign-out').toBe('');
      },
    );

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
        'no pod writes a token to its log, not even one that it rejects',
        { tag: ['@id-token-logged', '@refused-tokens-logged'], annotation: shows('ASVS 10.1.1', 'RFC 9700 4.9.3') },
        async ({ app, authentik, fleet, newPerson, request, sessionStore }) => {
          const session = await sessionStore.sessionOf(async () => app.startSession(await newPerson()));
          await expireForReal(app, { session, sessionStore, authentik });
          expect((await app.call('/api/me')).status(), 'a call that renews the tokens').toBe(200);
          expect((await signOutByHttp(app)).headers()['location'], 'where signing out leads').toContain(
            'id_token_hint',
          );

          const refused = /^A back-channel logout was refused/;
          const lines: string[] = [];
          for (const pod of await twoPods(fleet, appName)) {
            const refusals = async () => (await fleet.logs(pod)).filter((line) => refused.test(line)).length;
            const before = await refusals();
            // The log has everything that came before this.
            await sendLogoutToken(request, app, { token: 'none', pod });
            await expect.poll(refusals, `refused logout tokens in the log of ${pod}`).toBeGreaterThan(before);
            lines.push(...(await fleet.logs(pod)));
          }
          for (const { name } of await fleet.pods('platform-api')) lines.push(...(await fleet.logs(name)));
          // Without the token, which must not be in the report either.
          const leaks = lines.filter((line) => line.includes(beginningOfJwt));
          expect(
            [...new Set(leaks.map((line) => line.slice(0, line.indexOf(beginningOfJwt))))],
            'lines of logs up to the token in them',
          ).toEqual([]);
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
  app.context.request.post(`${app.origin}/auth/oidc/logout`, { headers: { origin: app.origin }, maxRedirects: 0 });
