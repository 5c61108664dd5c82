import { appNames, sessionApp } from '../../apps/environment/apps.ts';
import { publicPages } from '../models/app.ts';
import type { Role } from './target.ts';

/** Identifies this client in access logs. */
export const userAgent = 'dezky-smoke/1 (read-only checks; npm run smoke)';

/** One kind of request of a smoke test. */
export interface PlannedRequest {
  to: readonly Role[];
  /** Default: https. */
  scheme?: 'http';
  path: RegExp;
  /** The path in a readable form. */
  shown: string;
  why: string;
}

const exactly = (...paths: readonly string[]): RegExp =>
  new RegExp(`^(?:${paths.map((path) => RegExp.escape(path)).join('|')})$`);

/**
 * Every request that is made without a test user; all of them are GET. `--help` prints this list, and `SmokeClient` sends
 * nothing else.
 */
export const plannedRequests: readonly PlannedRequest[] = [
  {
    to: appNames,
    path: exactly('/api/_health/ready'),
    shown: '/api/_health/ready',
    why: 'pods, revisions, session store, end-session address; certificate',
  },
  {
    to: appNames,
    scheme: 'http',
    path: exactly('/sign-in?smoke=1'),
    shown: '/sign-in?smoke=1 (plain http)',
    why: 'redirect to https',
  },
  {
    to: appNames,
    path: exactly('/', ...publicPages),
    shown: `/, ${publicPages.join(', ')}`,
    why: 'hosts they name, security headers, redirect of a stranger',
  },
  {
    to: appNames,
    path: /^\/_nuxt\/[\w./-]+$/,
    shown: '/_nuxt/…',
    why: 'hosts that scripts and styles name',
  },
  {
    to: appNames,
    path: exactly(...new Set(appNames.flatMap((app) => sessionApp[app].api))),
    shown: [...new Set(appNames.flatMap((app) => sessionApp[app].api))].join(', '),
    why: '401 without a session, and with an invalid cookie',
  },
  {
    to: appNames,
    path: exactly('/auth/oidc/login'),
    shown: '/auth/oidc/login',
    why: 'where signing in leads, with which parameters and cookies; not followed',
  },
  {
    to: ['auth'],
    path: /^\/application\/o\/[\w-]+\/(?:\.well-known\/openid-configuration|jwks\/)$/,
    shown: '/application/o/<app>/.well-known/openid-configuration, …/jwks/',
    why: 'issuer, endpoints, keys; certificate',
  },
  {
    to: ['auth'],
    path: /^\/application\/o\/authorize\/\?/,
    shown: '/application/o/authorize/ (only with --authorize)',
    why: 'whether Authentik knows the client and its redirect URI; it remembers an anonymous visit',
  },
];

const line = ({ to, shown, why }: PlannedRequest): string =>
  `  ${to.join(', ').padEnd(16)} ${shown}\n${' '.repeat(19)}${why}`;

/** The part of `--help` about requests, generated from the list that limits the checks. */
export const requestsHelp = (): string => `
Requests, all of them GET, all with the user agent "${userAgent}":
${plannedRequests.map(line).join('\n')}
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
