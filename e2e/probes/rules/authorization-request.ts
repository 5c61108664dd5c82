import type { LiveResponse } from '../../../fleet/engines/live/live.ts';
import { expectedDiscovery } from './discovery.ts';

type Answer = Pick<LiveResponse, 'url' | 'status' | 'headers'>;

/** Where an answer redirects. */
export const locationIn = ({ url, headers: { location } }: Omit<Answer, 'status'>): URL | null =>
  location === undefined ? null : URL.parse(location, url);

/** By parameter of an authorization request (RFC 6749 section 4.1.1, RFC 7636 section 4.3), what it should be. */
export type Parameters = Readonly<
  Record<
    string,
    readonly [wanted: string, holds: (value: string) => boolean, fix?: string | ((value: string) => string)]
  >
>;

/** @param who asks, such as `The sign-in of operator`. @param fix of parameters that have none of their own. */
export const parameterFaults = (who: string, url: URL, parameters: Parameters, fix: string): string[] =>
  Object.entries(parameters)
    .filter(([name, [, holds]]) => !holds(url.searchParams.get(name) ?? ''))
    .map(([name, [wanted, , ownFix = fix]]) => {
      const value = url.searchParams.get(name);
      const next = typeof ownFix === 'string' ? ownFix : ownFix(value ?? '');
      return `${who} asks with ${name} ${JSON.stringify(value)}, which should be ${wanted}: ${next}.`;
    });

const scopes = ['openid', 'profile', 'email', 'offline_access'];

const parametersOf = (app: string, own: string): Parameters => ({
  response_type: ['code', (value) => value === 'code'],
  client_id: ['present', (value) => value !== '', 'set NUXT_OIDC_PROVIDERS_OIDC_CLIENT_ID'],
  redirect_uri: [
    `${own}/auth/oidc/callback`,
    (value) => value === `${own}/auth/oidc/callback`,
    (value) =>
      `${value.startsWith('http:') ? 'look what rewrites redirects on the way; otherwise ' : ''}set NUXT_PUBLIC_${app.toUpperCase()}_URL in fleet/apps/${app}.yaml`,
  ],
  scope: [scopes.join(' '), (value) => scopes.every((scope) => value.split(' ').includes(scope))],
  state: ['at least 22 characters', (value) => value.length >= 22],
  code_challenge: ['43 characters (SHA-256)', (value) => /^[\w-]{43}$/.test(value)],
  code_challenge_method: ['S256', (value) => value === 'S256'],
  prompt: ['absent, or people sign in again and again', (value) => !value.split(' ').includes('login')],
});

/** @param answer of `/auth/oidc/login`. */
export function authorizationFaults(
  answer: Answer,
  { app, own, auth }: { app: string; own: string; auth: string },
): string[] {
  const url = locationIn(answer);
  if (!url || url.origin === new URL(own).origin) {
    const { status, headers } = answer;
    return [
      `Signing in to ${app} leads to ${headers.location ?? 'nowhere'} (${status}), not to Authentik: look at the pods' log.`,
    ];
  }
  const endpoint = expectedDiscovery(auth, app).authorization_endpoint;
  const there = url.origin + url.pathname;
  const elsewhere = `Signing in to ${app} leads to ${there}, not to ${endpoint}: set NUXT_PUBLIC_AUTH_URL in fleet/apps/${app}.yaml.`;
  return [
    ...(there === endpoint ? [] : [elsewhere]),
    ...parameterFaults(
      `The sign-in of ${app}`,
      url,
      parametersOf(app, own),
      'see `providers.oidc` in apps/base/define-app.ts',
    ),
  ];
}

/** Parameters of sign-ins whose values must differ, and do not (RFC 6749 section 10.12, RFC 7636 section 4.1). */
export function repeatedValues(requests: ReadonlyArray<URL | null>): string[] {
  const parameters = requests.flatMap((request) => request?.searchParams ?? []);
  return ['state', 'code_challenge'].filter((name) => {
    const values = parameters.flatMap((each) => each.get(name) ?? []);
    return new Set(values).size < values.length;
  });
}
