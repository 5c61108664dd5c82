import { expect, test } from 'vitest';
import { checkAlerts, hasPromtool } from './promtool.ts';

type Counted = Readonly<Record<string, number>>;

/** Portal is well. */
const portal = { 'dezky_http_requests_total{app="portal",pod="c",route="api",status="200"}': 150 };

const perPod = (series: string, counted: readonly number[]): Counted =>
  Object.fromEntries(counted.map((count, pod) => [`${series},app="operator",pod="${'ab'[pod]}"}`, count]));
const requests = (...counted: number[]) => perPod('dezky_http_requests_total{route="api",status="200"', counted);
const errors = (...counted: number[]) => perPod('dezky_http_requests_total{route="api",status="502"', counted);
const without = (reason: string, ...counted: number[]) =>
  perPod(`dezky_requests_without_session_total{reason="${reason}"`, counted);
const refreshes = (outcome: string, ...counted: number[]) =>
  perPod(`dezky_token_refresh_seconds_count{outcome="${outcome}"`, counted);
const signIns = (outcome: string, ...counted: number[]) => perPod(`dezky_sign_ins_total{outcome="${outcome}"`, counted);
/** A load of ten requests a second, as on a local fleet. */
const busy = requests(150, 150);

/** What pods a and b of operator count in 15 s, and the alerts that fire. */
const cases: Array<[string, Counted, string[]]> = [
  ['all is well', { ...busy, ...refreshes('fresh', 1), ...signIns('signed-in', 1) }, []],
  ['sessions are in memory', { ...busy, ...without('missing', 75, 75) }, ['DezkySessionsLost']],
  ['a pod has another key', { ...busy, ...without('unreadable', 0, 75) }, ['DezkySessionsLost']],
  ['an old tab asks once a minute, and nobody else', { ...requests(0.25), ...without('missing', 0.25) }, []],
  ['a pod has another secret', { ...busy, ...without('unsealed', 75, 0) }, ['DezkySecretDiffers']],
  ['a stranger sends cookies to every pod', { ...busy, ...without('unsealed', 75, 60) }, []],
  ['a user is deactivated', { ...busy, ...refreshes('fresh', 1), ...refreshes('refused', 0.1) }, []],
  [
    'Authentik has lost its tokens',
    { ...busy, ...refreshes('fresh', 1), ...refreshes('refused', 5) },
    ['DezkyRefreshesFail'],
  ],
  [
    'Authentik renews tokens later than users wait',
    { ...busy, ...refreshes('fresh', 1), ...without('not-renewed', 9) },
    ['DezkyRefreshesFail'],
  ],
  ['one user waits for new tokens', { ...busy, ...refreshes('fresh', 1), ...without('not-renewed', 0.1) }, []],
  [
    'the client secret was rotated',
    { ...busy, ...refreshes('unavailable', 1, 1), ...signIns('unavailable', 0.1, 0.1) },
    ['DezkyRefreshesFail', 'DezkySignInsFail'],
  ],
  ['a stranger lets sign-ins fail', { ...busy, ...signIns('unavailable', 2), ...signIns('signed-in', 3) }, []],
  [
    'a service is not configured',
    { ...busy, ...perPod('dezky_http_requests_total{route="api",status="501"', [50, 50]) },
    [],
  ],
  ['a pod does not reach platform-api', { ...busy, ...errors(0, 20) }, ['DezkyServerErrors']],
  [
    'Redis is away',
    { ...busy, 'dezky_session_store_errors_total{kind="read",app="operator"}': 4 },
    ['DezkySessionStoreUnavailable'],
  ],
  ['no pod of operator reports metrics', {}, ['DezkyMetricsMissing']],
];

test.skipIf(!hasPromtool())("the alerts that fire (needs promtool, in Debian's prometheus, or PROMTOOL_PATH)", () => {
  expect(
    checkAlerts(cases.map(([name, counted, alerts]) => ({ name, counted: { ...portal, ...counted }, alerts }))),
  ).toContain('SUCCESS');
});
