import { appNames, sessionApp } from '../../apps/environment/apps.ts';
import { publicPages } from '../models/app.ts';
import type { HostRole } from './target.ts';

/** Identifies this client in access logs. */
export const userAgent = 'dezky-smoke/1 (read-only checks; npm run smoke)';

const ofApps: ReadonlyArray<string | RegExp> = [
  '/api/_health/ready',
  '/',
  ...publicPages,
  /^\/_nuxt\/[\w./-]+$/,
  // Without a session, and with an invalid cookie.
  ...appNames.flatMap((app) => sessionApp[app].api),
  // Where signing in leads; not followed.
  '/auth/oidc/login',
];

const ofAuthentik: ReadonlyArray<string | RegExp> = [
  /^\/application\/o\/[\w-]+\/(?:\.well-known\/openid-configuration|jwks\/)$/,
  // Only with --authorize: Authentik remembers an anonymous visit.
  /^\/application\/o\/authorize\/\?/,
];

/** Whether a smoke test makes this request without a test user. All of them are GET. `SmokeClient` sends nothing else. */
export function isPlanned(to: HostRole, path: string, scheme?: 'http'): boolean {
  // Its redirect to https.
  if (scheme === 'http') return to !== 'auth' && path === '/sign-in?smoke=1';
  const planned = to === 'auth' ? ofAuthentik : ofApps;
  return planned.some((each) => (typeof each === 'string' ? each === path : each.test(path)));
}

export const requestsHelp = `
Each request is a GET of a path in e2e/smoke/requests.ts, with the user agent "${userAgent}".
No request carries a session. Nothing else is sent: a check that tries is stopped.

With SMOKE_USERNAME and SMOKE_PASSWORD a browser signs this test user in to each app through Authentik, /api/me is
read 20 times with the session and 20 times after signing out, and the old cookie must be refused. That begins and ends
a session, as any visit does; the browser reads from the apps and talks with Authentik, and with nobody else.

--watch: each second, for each app, 4 x /api/_health/ready, 1 x /auth/oidc/login and 2 x /api/me, and Authentik's
discovery document.

Each answer must be complete within 10 s and 8 MiB, and all checks within two minutes and --wait for each app. Checks
that did not run in that time are listed as not checked. The exit code is then 2, unless a check has failed.

Reports: smoke.json, junit.xml; traces of a failed sign-in, without secrets, in test-results.
Exit codes: 0 all well; 1 the product failed, also when a host does not answer or its certificate is not trusted;
2 wrong options, or the harness failed; 77 cannot run here.`;
