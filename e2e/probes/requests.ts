import { appNames, sessionApp } from '../../apps/environment/apps.ts';
import { publicPages, routes } from '../contract.ts';
import type { HostRole } from './target.ts';

const ofApps: ReadonlyArray<string | RegExp> = [
  '/api/_health/ready',
  '/',
  ...publicPages,
  /^\/_nuxt\/[\w./-]+$/,
  // Without a session, and with an invalid cookie.
  ...appNames.flatMap((app) => sessionApp[app].api),
  // Where signing in leads; not followed.
  routes.signIn,
];

const ofAuthentik: ReadonlyArray<string | RegExp> = [
  /^\/application\/o\/[\w-]+\/(?:\.well-known\/openid-configuration|jwks\/)$/,
  // Not with --no-authorize: Authentik remembers an anonymous visit.
  /^\/application\/o\/authorize\/\?/,
];

/** Whether a smoke test makes this request without a test user. All of them are GET. `SmokeClient` sends nothing else. */
export function isPlanned(to: HostRole, path: string, scheme?: 'http'): boolean {
  // Its redirect to https.
  if (scheme === 'http') return to !== 'auth' && path === '/sign-in?smoke=1';
  const planned = to === 'auth' ? ofAuthentik : ofApps;
  return planned.some((each) => (typeof each === 'string' ? each === path : each.test(path)));
}
