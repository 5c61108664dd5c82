import { appNames, sessionApp } from '../../apps/environment/apps.ts';
import { publicPages } from '../models/app.ts';
import type { Role } from './target.ts';

/** One kind of request of a smoke test. */
export interface PlannedRequest {
  to: readonly Role[];
  /** Default: https. */
  scheme?: 'http';
  path: RegExp;
  /** The path in a readable form. */
  shown: string;
  why: string;
  /** Maximum number of requests for each host. Absent: `--streak` and `--wait` decide. */
  most?: number;
}

const exactly = (...paths: readonly string[]): RegExp =>
  new RegExp(`^(?:${paths.map((path) => RegExp.escape(path)).join('|')})$`);

/**
 * Every request that is made without a test user; all of them are GET. `--help` prints this list. `Visitor` sends only
 * these requests, and not more often than listed.
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
    most: 1,
  },
  {
    to: appNames,
    path: exactly('/', ...publicPages),
    shown: `/, ${publicPages.join(', ')}`,
    why: 'hosts they name, security headers, redirect of a stranger',
    most: 12,
  },
  {
    to: appNames,
    path: /^\/_nuxt\/[\w./-]+$/,
    shown: '/_nuxt/…',
    why: 'hosts that scripts and styles name',
    most: 300,
  },
  {
    to: appNames,
    path: exactly(...new Set(appNames.flatMap((app) => sessionApp[app].api))),
    shown: [...new Set(appNames.flatMap((app) => sessionApp[app].api))].join(', '),
    why: '401 without a session, and with a cookie that is worth nothing',
    most: 8,
  },
  {
    to: appNames,
    path: exactly('/auth/oidc/login'),
    shown: '/auth/oidc/login',
    why: 'where signing in leads, with which parameters and cookies; not followed',
    most: 4,
  },
  {
    to: ['auth'],
    path: /^\/application\/o\/[\w-]+\/(?:\.well-known\/openid-configuration|jwks\/)$/,
    shown: '/application/o/<app>/.well-known/openid-configuration, …/jwks/',
    why: 'issuer, endpoints, keys; certificate',
    most: 8,
  },
  {
    to: ['auth'],
    path: /^\/application\/o\/authorize\/\?/,
    shown: '/application/o/authorize/ (only with --authorize)',
    why: 'whether Authentik knows the client and its redirect URI; it remembers an anonymous visit',
    most: 2,
  },
];
