import { appNames, sessionApp } from '../../apps/environment/apps.ts';
import { expect, test } from '../fixtures/index.ts';
import type { TestLedger } from '../fixtures/ledger.ts';
import { answerOf } from '../matchers/answers.ts';
import { twoPods } from '../models/pods.ts';

for (const appName of appNames) {
  test.describe(appName, () => {
    test.use({ appName });
    const { pages, api } = sessionApp[appName];
    const sessionRows = async (ledger: TestLedger) =>
      (await ledger.rows({ service: appName })).filter((row) => row.session !== '' && !row.url.includes('/auth/oidc/'));

    test(
      'after sign-in on one pod every API call works on the other',
      { tag: ['@memory-sessions', '@per-pod-session-secret', '@replicas-1'] },
      async ({ app, fleet, newPerson, ledger }) => {
        const [a, b] = await twoPods(fleet, appName);
        await app.pinTo(a);
        await app.openSignedIn(await newPerson());
        await app.pinTo(b);

        const answers = [];
        for (const path of api) answers.push(await answerOf(await app.call(path)));
        expect(answers).toAllSucceed();
        expect(await sessionRows(ledger)).toSpanPods(2);
      },
    );

    test(
      'after sign-in on one pod every page works on the other',
      { tag: ['@memory-sessions', '@per-pod-session-secret', '@replicas-1'] },
      async ({ app, fleet, newPerson, ledger }) => {
        const [a, b] = await twoPods(fleet, appName);
        await app.pinTo(a);
        await app.openSignedIn(await newPerson());
        await app.pinTo(b);

        for (const path of pages) {
          await app.open(path);
          await expect(app.page.getByRole('alert')).toHaveCount(0);
        }
        expect(await sessionRows(ledger)).toSpanPods(2);
      },
    );

    test(
      '40 balanced API calls: no 401, and both pods serve the session',
      {
        tag: ['@memory-sessions', '@per-pod-session-secret', '@replicas-1', '@sticky-ingress', '@api-of-the-other-app'],
      },
      async ({ app, newPerson, ledger }) => {
        await app.startSession(await newPerson());
        for (let call = 0; call < 40; call += 1) await app.call(`${api[call % api.length]}?call=${call}`);

        const rows = (await ledger.rows({ service: appName })).filter(({ url }) => url.includes('?call='));
        expect(rows, `calls that came to ${appName}`).toHaveLength(40);
        expect(rows).toAllSucceed();
        expect(rows).toSpanPods(2);
      },
    );

    test(
      'a sign-in that starts on one pod completes on the other',
      { tag: ['@per-pod-auth-session-secret', '@replicas-1', '@responses-without-pod-name'] },
      async ({ app, fleet, newPerson, ledger }) => {
        const [a, b] = await twoPods(fleet, appName);
        await app.pinPaths([
          ['/auth/oidc/login', a],
          ['/auth/oidc/callback', b],
        ]);
        await app.signIn(await newPerson());

        const [start] = await ledger.rows({ service: appName, path: '/auth/oidc/login' });
        const [callback] = await ledger.rows({ service: appName, path: '/auth/oidc/callback' });
        expect([start?.servedBy, callback?.servedBy]).toEqual([a, b]);
        for (const pod of [a, b]) expect((await app.call('/api/me', { pod })).status(), pod).toBe(200);
      },
    );
  });
}
