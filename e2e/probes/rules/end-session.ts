import { urlVariable } from '../../../apps/environment/apps.ts';
import { expectedDiscovery } from './discovery.ts';

/** What decides where a sign-out leads. */
export const signOutFix = (app: string): string =>
  `remove NUXT_OIDC_PROVIDERS_OIDC_LOGOUT_URL where it is set; otherwise NUXT_PUBLIC_AUTH_URL in fleet/apps/${app}.yaml and endSessionUrl in apps/${app}/nuxt.config.ts decide`;

/**
 * Faults in the end-session endpoint (scheme, host, port, path) and in the post-logout redirect URI that a pod reports.
 * @param discovered `end_session_endpoint` of Authentik's discovery document for this app.
 */
export function endSessionFaults(
  pod: string,
  { endSessionUrl, postLogoutRedirectUri }: { endSessionUrl?: unknown; postLogoutRedirectUri?: unknown },
  { app, own, auth, discovered }: { app: string; own: string; auth: string; discovered: unknown },
): string[] {
  if (endSessionUrl === undefined)
    return [
      `${pod} does not say where signing out leads: it runs a release whose /api/_health/ready does not tell yet.`,
    ];
  const expected = expectedDiscovery(auth, app).end_session_endpoint;
  const back = `${own}/signed-out`;
  const elsewhere = `Signing out of ${app} on ${pod} goes to the end-session address ${String(endSessionUrl)}, not to ${expected}: ${signOutFix(app)}.`;
  const unlike = `Authentik names ${String(discovered)} as end_session_endpoint of ${app}, ${pod} ${String(endSessionUrl)}.`;
  const backElsewhere =
    `After signing out ${pod} asks Authentik to go back to ${String(postLogoutRedirectUri)}, not to ${back}: ` +
    `remove NUXT_OIDC_PROVIDERS_OIDC_LOGOUT_REDIRECT_URI where it is set, and set ${urlVariable(app)} in fleet/apps/${app}.yaml.`;
  return [
    ...(endSessionUrl === expected ? [] : [elsewhere]),
    ...(endSessionUrl === expected && discovered !== undefined && discovered !== expected ? [unlike] : []),
    ...(postLogoutRedirectUri === back ? [] : [backElsewhere]),
  ];
}
