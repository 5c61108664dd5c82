import { appNames, developmentUrl, forEachApp, urlVariable } from './apps.ts';
import type { SessionApp } from './apps.ts';
import {
  aesKey,
  headerValue,
  httpUrl,
  issuedSecret,
  longSecret,
  origin,
  redisUrl,
  reserved,
  sessionLifetime,
  shutdownTimeout,
  slugs,
  text,
  upstreamTimeout,
} from './format.ts';
import type { Format } from './format.ts';

/** One environment variable of an app. */
export interface Variable {
  meaning: string;
  format: Format;
  /**
   * Where production sets it: the ConfigMap `<app>-config`, the Secret `<app>-secrets`, the ConfigMap
   * `platform-api-upstreams` that is filled in for each environment, or the pod's own `env`.
   */
  source: 'config' | 'secrets' | 'upstreams' | 'pod';
  /** `start`: the app refuses to start without it. `production`: the fallback of the app is wrong in production. */
  needed: 'start' | 'production' | 'never';
  /** What an app does without it, for the documentation. */
  fallback?: string;
  /** How to create a secret: random bytes in base64, or the place from which it must be copied. */
  make?: { randomBytes: number } | { from: string };
  /** The value in the template for a new environment. Default: empty. */
  template?: string;
}

/** A service that platform-api calls. Without both the URL and the token it is "not configured". */
interface UpstreamVariables {
  url: string;
  token: string;
}

/** Everything that one Deployment reads from its environment. */
export interface Environment {
  variables: Readonly<Record<string, Variable>>;
  upstreams?: Readonly<Record<string, UpstreamVariables>>;
}

const podVariables = {
  POD_NAME: {
    meaning: "the pod's name, answered as `x-served-by`",
    format: headerValue,
    source: 'pod',
    needed: 'production',
  },
  REVISION: {
    meaning: 'the release, answered as `x-revision`',
    format: headerValue,
    source: 'pod',
    needed: 'production',
  },
} as const satisfies Environment['variables'];

const shutdown = {
  NITRO_SHUTDOWN_TIMEOUT: {
    meaning: 'how long requests in progress may take after SIGTERM',
    format: shutdownTimeout,
    source: 'config',
    needed: 'never',
    fallback: '30000',
  },
} as const satisfies Environment['variables'];

const publicUrl = (meaning: string, host: string): Variable => ({
  meaning,
  format: origin,
  source: 'config',
  needed: 'production',
  fallback: developmentUrl(host),
});

const urlMeanings: Readonly<Record<string, string>> = { mail: 'the webmail' };

/** The public URLs that an app reads: Authentik's, its own, and those that its pages contain. */
const publicUrls = ({ name, namesHosts }: SessionApp): Environment['variables'] => ({
  NUXT_PUBLIC_AUTH_URL: publicUrl('Authentik, for browser and server', 'auth'),
  [urlVariable(name)]: publicUrl('its own URL', name),
  ...Object.fromEntries(
    namesHosts.map((host) => [urlVariable(host), publicUrl(urlMeanings[host] ?? `the URL of ${host}`, host)]),
  ),
});

/** The variables of every app of the Nuxt layer. */
const nuxtVariables = (provider: string) =>
  ({
    NUXT_PLATFORM_API_URL: {
      meaning: 'platform-api, as the server reaches it',
      format: httpUrl(),
      source: 'config',
      needed: 'production',
      fallback: 'http://localhost:3100',
    },
    SESSION_REDIS_URL: {
      meaning: 'where sessions are kept',
      format: redisUrl,
      source: 'config',
      needed: 'production',
      fallback: "this process's memory, for one pod",
    },
    NUXT_AUTH_SESSION_SECONDS: {
      meaning:
        'how long a session lasts at Authentik at least, after the sign-in. One that is gone earlier was ended, and ' +
        'the app ends its own with the next refresh; 0: never',
      format: sessionLifetime,
      source: 'config',
      needed: 'never',
      fallback: '86400',
    },
    ...shutdown,
    NUXT_OIDC_PROVIDERS_OIDC_CLIENT_ID: {
      meaning: 'client id of the provider in Authentik',
      format: text,
      source: 'config',
      needed: 'never',
      fallback: provider,
    },
    NUXT_OIDC_SESSION_SECRET: {
      meaning: 'seals the session cookie',
      format: longSecret,
      source: 'secrets',
      needed: 'start',
      make: { randomBytes: 36 },
    },
    NUXT_OIDC_TOKEN_KEY: {
      meaning: 'encrypts tokens at rest in Redis',
      format: aesKey,
      source: 'secrets',
      needed: 'start',
      make: { randomBytes: 32 },
    },
    NUXT_OIDC_AUTH_SESSION_SECRET: {
      meaning: 'seals the state of a sign-in in progress',
      format: longSecret,
      source: 'secrets',
      needed: 'start',
      make: { randomBytes: 36 },
    },
    NUXT_OIDC_PROVIDERS_OIDC_CLIENT_SECRET: {
      meaning: 'client secret of the provider in Authentik',
      format: issuedSecret,
      source: 'secrets',
      needed: 'start',
      make: { from: `Authentik: Applications > Providers > ${provider} > Client Secret` },
    },
    ...podVariables,
  }) as const satisfies Environment['variables'];

/** Every Deployment of `fleet/apps`, and all that it reads from its environment. */
export const environments = {
  ...forEachApp((app) => ({ variables: { ...publicUrls(app), ...nuxtVariables(app.name) } })),
  'platform-api': {
    variables: {
      AUTH_URL: {
        meaning:
          'Authentik, whose tokens it takes: `<AUTH_URL>/application/o/<slug>/` is the issuer, with `jwks/` below',
        format: httpUrl(),
        source: 'config',
        needed: 'production',
        fallback: 'https://auth.dezky.local',
      },
      AUTH_SLUGS: {
        meaning: 'the applications in Authentik whose tokens it takes',
        format: slugs,
        source: 'config',
        needed: 'never',
        fallback: appNames.join(','),
      },
      OPERATOR_GROUP: {
        meaning: 'the group in Authentik whose members are operators',
        format: text,
        source: 'config',
        needed: 'never',
        fallback: 'dezky-operators',
      },
      UPSTREAM_TIMEOUT_MS: {
        meaning: 'how long one answer of another service may take',
        format: upstreamTimeout,
        source: 'config',
        needed: 'never',
        fallback: '3000',
      },
      ...shutdown,
      AUTHENTIK_API_URL: {
        meaning: "Authentik's admin API",
        format: httpUrl('/api/v3'),
        source: 'upstreams',
        needed: 'production',
        fallback: 'not configured',
        template: 'http://authentik/api/v3',
      },
      STALWART_URL: {
        meaning: "Stalwart's management API: it runs on the node, so this is the gateway address that pods see",
        format: httpUrl(),
        source: 'upstreams',
        needed: 'production',
        fallback: 'not configured',
        template: 'http://NODE_GATEWAY_IP:8080',
      },
      OCIS_URL: {
        meaning: 'OCIS; empty until it is deployed',
        format: httpUrl(),
        source: 'upstreams',
        needed: 'never',
        fallback: 'not configured',
      },
      COLD_STORAGE_URL: {
        meaning: 'the cold storage; declared, not read yet',
        format: reserved('cold storage'),
        source: 'upstreams',
        needed: 'never',
        fallback: 'not configured',
      },
      AUTHENTIK_API_TOKEN: {
        meaning: "bearer for Authentik's admin API, of a service account that may view users and groups",
        format: issuedSecret,
        source: 'secrets',
        needed: 'production',
        fallback: 'not configured',
        make: { from: 'Authentik: Directory > Tokens and App passwords, intent API Token' },
      },
      STALWART_TOKEN: {
        meaning: "bearer for Stalwart's management API",
        format: issuedSecret,
        source: 'secrets',
        needed: 'production',
        fallback: 'not configured',
        make: { from: 'Stalwart: Management > Directory > API Keys' },
      },
      OCIS_TOKEN: {
        meaning: 'bearer for OCIS; empty as long as OCIS_URL is',
        format: issuedSecret,
        source: 'secrets',
        needed: 'never',
        fallback: 'not configured',
        make: { from: 'OCIS: the app token of its service account' },
      },
      COLD_STORAGE_TOKEN: {
        meaning: 'bearer for the cold storage; declared, not read yet',
        format: reserved('cold storage'),
        source: 'secrets',
        needed: 'never',
        fallback: 'not configured',
        make: { from: 'nowhere yet: it stays empty' },
      },
      ...podVariables,
    },
    upstreams: {
      authentik: { url: 'AUTHENTIK_API_URL', token: 'AUTHENTIK_API_TOKEN' },
      stalwart: { url: 'STALWART_URL', token: 'STALWART_TOKEN' },
      ocis: { url: 'OCIS_URL', token: 'OCIS_TOKEN' },
      'cold-storage': { url: 'COLD_STORAGE_URL', token: 'COLD_STORAGE_TOKEN' },
    },
  },
} as const satisfies Record<string, Environment>;

export type VariableOf<Name extends keyof typeof environments> = keyof (typeof environments)[Name]['variables'];
export type UpstreamName = keyof (typeof environments)['platform-api']['upstreams'];

/** Variables that Node and Nitro read in every Deployment. No code of the product depends on them. */
export const runtimeVariables: ReadonlySet<string> = new Set([
  'HOST',
  'PORT',
  'NODE_ENV',
  'NODE_OPTIONS',
  'NODE_EXTRA_CA_CERTS',
  'TZ',
]);

/** The Kubernetes object in which production sets a variable. */
export function keptIn(
  deployment: string,
  { source }: Variable,
): { kind: 'ConfigMap' | 'Secret'; name: string } | undefined {
  if (source === 'pod') return undefined;
  return { kind: source === 'secrets' ? 'Secret' : 'ConfigMap', name: `${deployment}-${source}` };
}
