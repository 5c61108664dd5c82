import { checkAlerts, hasPromtool } from '../../fleet/monitoring/promtool.ts';
import { expect, test } from '../fixtures/index.ts';
import type { Fixtures } from '../fixtures/types.ts';
import { layerApp } from '../layer-app.ts';
import { AuthentikLogin } from '../models/authentik-login.ts';
import { twoPods } from '../models/pods.ts';
import { expireForReal } from '../models/refreshes.ts';
import { metric, seriesOf, sessionLines } from '../models/session-reports.ts';

const appName = layerApp('operator');

test.use({ appName, needs: ['store', 'authentik-control'] });

const rotated = { clientSecret: 'another-secret' };

test(
  'when the client secret is rotated no session ends, and a 503 says that it was not renewed, in the response, the log and the counter of the pod',
  { tag: ['@failed-renewal-without-reason', '@idp-outage-signs-out'] },
  async ({ app, authentik, fleet, newPerson, providerSettings, sessionStore }) => {
    const pods = await twoPods(fleet, appName);
    const session = await sessionStore.sessionOf(async () => app.openSignedIn(await newPerson()));
    await expireForReal(app, { session, sessionStore, authentik });
    const { clientSecret } = await authentik.provider(appName);
    await providerSettings(appName, rotated);
    for (const pod of pods) {
      const counted = async () =>
        (await metric(fleet, pod, 'dezky_requests_without_session_total'))['not-renewed'] ?? 0;
      const before = await counted();
      const response = await app.call('/api/me', { pod });
      const { 'x-session-reason': reason, 'x-request-id': requestId } = response.headers();
      expect([response.status(), reason]).toEqual([503, 'not-renewed']);
      expect(await sessionLines(fleet, pod, requestId)).toMatchObject([
        { event: 'no-session', reason, app: appName, pod },
      ]);
      expect(await counted(), `refusals that ${pod} counted`).toBe(before + 1);
    }
    await authentik.changeProvider(appName, { clientSecret });
    await expect.poll(async () => (await app.call('/api/me')).status(), 'with the old secret').toBe(200);
  },
);

type Outage = Pick<
  Fixtures,
  'app' | 'authentik' | 'fleet' | 'newPerson' | 'newProfile' | 'providerSettings' | 'sessionStore'
>;

/** Calls and a sign-in while the client secret is another one. @returns what the pods counted, as Prometheus has it. */
async function countedInOutage(outage: Outage): Promise<Record<string, number>> {
  const { app, authentik, fleet, newPerson, newProfile, providerSettings, sessionStore } = outage;
  const pods = await twoPods(fleet, appName);
  const session = await sessionStore.sessionOf(async () => app.openSignedIn(await newPerson()));
  await expireForReal(app, { session, sessionStore, authentik });
  await providerSettings(appName, rotated);
  const scraped = () => Promise.all(pods.map((pod) => seriesOf(fleet, pod)));
  const before = await scraped();
  for (const pod of pods) for (let call = 0; call < 3; call += 1) await app.call('/api/me', { pod });
  const other = await app.inProfile(await newProfile());
  await other.startSignIn();
  await new AuthentikLogin(other.page).signIn(await newPerson());
  await expect(other.page, 'where the sign-in ends').toHaveURL(`${app.origin}/sign-in?failed=unavailable`);
  const after = await scraped();
  return Object.fromEntries(
    pods.flatMap((pod, index) =>
      Object.entries(after[index] ?? {}).map(([series, value]) => [
        series.replace('{', `{app="${appName}",pod="${pod}",`),
        value - (before[index]?.[series] ?? 0),
      ]),
    ),
  );
}

test(
  'when the client secret is rotated each pod counts renewals and sign-ins that fail',
  { tag: ['@failed-renewals-not-counted', '@sign-ins-not-counted'] },
  async ({ app, authentik, fleet, newPerson, newProfile, providerSettings, sessionStore }) => {
    const outage = { app, authentik, fleet, newPerson, newProfile, providerSettings, sessionStore };
    const counted = Object.entries(await countedInOutage(outage));
    const ofSeries = (name: string) =>
      counted.flatMap(([series, count]) =>
        series.startsWith(name) && series.includes('"unavailable"') && count > 0 ? [count] : [],
      );
    expect(ofSeries('dezky_token_refresh_seconds_count'), 'failed renewals that each pod counted').toEqual([1, 1]);
    expect(ofSeries('dezky_sign_ins_total'), 'failed sign-ins that a pod counted').toEqual([1]);
  },
);

test('when the client secret is rotated the alerts about renewals, sign-ins and errors fire', async ({
  app,
  authentik,
  fleet,
  newPerson,
  newProfile,
  providerSettings,
  sessionStore,
}) => {
  test.skip(!hasPromtool(), "needs promtool, in Debian's prometheus, or PROMTOOL_PATH");
  const outage = { app, authentik, fleet, newPerson, newProfile, providerSettings, sessionStore };
  const portal = { 'dezky_http_requests_total{app="portal",pod="c",route="api",status="200"}': 1 };
  const counted = { ...portal, ...(await countedInOutage(outage)) };
  const alerts = ['DezkyRefreshesFail', 'DezkyServerErrors', 'DezkySignInsFail'];
  expect(checkAlerts([{ name: 'a rotated client secret', counted, alerts }])).toContain('SUCCESS');
});
