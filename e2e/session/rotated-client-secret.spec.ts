import { checkAlerts, hasPromtool } from '../../fleet/monitoring/promtool.ts';
import { expect, test } from '../index.ts';
import { layerApp } from '../layer-app.ts';
import { AuthentikLogin } from '../claims/authentik-login.ts';
import { twoPods } from '../claims/two-pods.ts';
import { recovery } from '../models/recovery.ts';
import { expireForReal } from '../models/refreshes.ts';
import { refusalOf, refusedRoutes } from '../models/refusal-of.ts';
import { refusalLines } from '../models/refusal-lines.ts';
import { metric, seriesOf } from '../models/session-reports.ts';

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
      const { status, reason, requestId } = await refusalOf(app, { pod });
      expect([status, reason]).toEqual([503, 'not-renewed']);
      expect(await refusalLines(fleet, pod, requestId)).toMatchObject([
        { event: 'no-session', reason, app: appName, pod },
      ]);
      expect(await counted(), `refusals that ${pod} counted`).toBe(before + refusedRoutes.length);
    }
    await authentik.changeProvider(appName, { clientSecret });
    const allowed = ['503 app'] as const;
    await recovery(() => app.call('/api/me'), { of: 'the session with the old secret', allowed });
  },
);

test(
  'when the client secret is rotated each pod counts renewals and sign-ins that fail, and the alerts fire',
  { tag: ['@failed-renewals-not-counted', '@sign-ins-not-counted', '@token-request-unguarded'] },
  async ({ app, authentik, fleet, newPerson, newProfile, providerSettings, sessionStore }) => {
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
    // The module's line has the code of the error alone: its description may be anything.
    const logs = (await Promise.all(pods.map((each) => fleet.logs(each)))).flat();
    expect(
      logs.filter((line) => line.includes('Client authentication failed')),
      'descriptions in the log',
    ).toEqual([]);
    const counted = (await scraped()).flatMap((after, index) =>
      Object.entries(after).map(([series, value]) => {
        const added = value - (before[index]?.[series] ?? 0);
        return { series: series.replace('{', `{app="${appName}",pod="${pods[index]}",`), added };
      }),
    );
    const failures = (name: string) =>
      counted
        .filter(({ series, added }) => series.startsWith(name) && series.includes('"unavailable"') && added > 0)
        .map(({ added }) => added);
    expect(failures('dezky_token_refresh_seconds_count').length, 'pods that counted failed renewals').toBe(2);
    expect(failures('dezky_sign_ins_total'), 'failed sign-ins that a pod counted').toEqual([1]);

    if (!hasPromtool())
      return void test.info().annotations.push({ type: 'not tested', description: 'the alerts: there is no promtool' });
    const portal = { 'dezky_http_requests_total{app="portal",pod="c",route="api",status="200"}': 1 };
    const all = { ...portal, ...Object.fromEntries(counted.map(({ series, added }) => [series, added])) };
    const alerts = ['DezkyRefreshesFail', 'DezkyServerErrors', 'DezkySignInsFail'];
    expect(checkAlerts([{ name: 'a rotated client secret', counted: all, alerts }])).toContain('SUCCESS');
  },
);
