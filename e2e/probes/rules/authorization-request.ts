import { expectedDiscovery } from './discovery.ts';

export interface AuthorizationExpected {
  app: string;
  own: string;
  auth: string;
}

interface ParameterRule {
  parameter: string;
  wanted: string;
  holds: (value: string, expected: AuthorizationExpected) => boolean;
  fix: (expected: AuthorizationExpected) => string;
}

const inDefineApp = () => 'see `providers.oidc` in apps/base/define-app.ts';

/** RFC 6749 section 4.1.1, RFC 7636 section 4.3. */
const rules: readonly ParameterRule[] = [
  { parameter: 'response_type', wanted: 'code', holds: (value) => value === 'code', fix: inDefineApp },
  {
    parameter: 'client_id',
    wanted: 'present',
    holds: (value) => value !== '',
    fix: () => 'set NUXT_OIDC_PROVIDERS_OIDC_CLIENT_ID',
  },
  {
    parameter: 'redirect_uri',
    wanted: '<own URL>/auth/oidc/callback',
    holds: (value, { own }) => value === `${own}/auth/oidc/callback`,
    fix: ({ app }) => `set NUXT_PUBLIC_${app.toUpperCase()}_URL in fleet/apps/${app}.yaml`,
  },
  {
    parameter: 'scope',
    wanted: 'openid profile email offline_access',
    holds: (value) => ['openid', 'profile', 'email', 'offline_access'].every((one) => value.split(' ').includes(one)),
    fix: inDefineApp,
  },
  { parameter: 'state', wanted: 'at least 22 characters', holds: (value) => value.length >= 22, fix: inDefineApp },
  {
    parameter: 'code_challenge',
    wanted: '43 characters (SHA-256)',
    holds: (value) => /^[\w-]{43}$/.test(value),
    fix: inDefineApp,
  },
  { parameter: 'code_challenge_method', wanted: 'S256', holds: (value) => value === 'S256', fix: inDefineApp },
  {
    parameter: 'prompt',
    wanted: 'absent, or people sign in again and again',
    holds: (value) => !value.split(' ').includes('login'),
    fix: inDefineApp,
  },
];

/** The response of `/auth/oidc/login`. */
export interface LoginAnswer {
  status: number;
  headers: { location?: string | undefined };
}

export const readLocation = ({ headers }: LoginAnswer): URL | null => URL.parse(headers.location ?? '');

export function authorizationFaults(answer: LoginAnswer, expected: AuthorizationExpected): string[] {
  const { app, auth } = expected;
  const url = readLocation(answer);
  if (!url) {
    const { status, headers } = answer;
    return [
      `Signing in to ${app} leads to ${headers.location ?? 'nowhere'} (${status}), not to Authentik: look at the pods' log.`,
    ];
  }
  const endpoint = expectedDiscovery(auth, app).authorization_endpoint;
  const there = url.origin + url.pathname;
  return [
    ...(there === endpoint
      ? []
      : [
          `Signing in to ${app} leads to ${there}, not to ${endpoint}: set NUXT_PUBLIC_AUTH_URL in fleet/apps/${app}.yaml.`,
        ]),
    ...rules
      .filter(({ parameter, holds }) => !holds(url.searchParams.get(parameter) ?? '', expected))
      .map(
        ({ parameter, wanted, fix }) =>
          `The sign-in of ${app} asks with ${parameter} ${JSON.stringify(url.searchParams.get(parameter))}, ` +
          `which should be ${wanted}: ${fix(expected)}.`,
      ),
  ];
}
