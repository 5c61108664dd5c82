import { appNames, developmentUrl, forEachApp, urlVariable, type SessionApp } from './apps.ts';
import {
  aesKey,
  headerValue,
  httpUrl,
  issuedSecret,
  longSecret,
  origin,
  port,
  redisUrl,
  reserved,
  sessionLifetime,
  shutdownTimeout,
  slugs,
  text,
  upstreamTimeout,
  type Format,
} from './format.ts';

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

const ofPod = (meaning: string): Variable => ({ meaning, format: headerValue, source: 'pod', needed: 'production' });

const podVariables = {
  POD_NAME: ofPod("the pod's name, answered as `x-served-by`"),
  REVISION: ofPod('the release, answered as `x-revision`'),
};

/** A value of an app's ConfigMap, whose fallback is wrong in production. */
const setting = (meaning: string, format: Format, fallback: string): Variable & { fallback: string } => ({
  meaning,
  format,
  source: 'config',
  needed: 'production',
  fallback,
});

/** A value of an app's ConfigMap, whose fallback is right for most environments. */
const option = (meaning: string, format: Format, fallback: string): Variable & { fallback: string } => ({
  ...setting(meaning, format, fallback),
  needed: 'never',
});

/** A secret that an app does not start without. */
const appSecret = (meaning: string, format: Format, make: NonNullable<Variable['make']>): Variable => ({
  meaning,
  format,
  source: 'secrets',
  needed: 'start',
  make,
});

/** The address of another service. With a template every environment has the service. */
const upstreamUrl = (meaning: string, format: Format, template?: string): Variable => ({
  meaning,
  format,
  source: 'upstreams',
  needed: template === undefined ? 'never' : 'production',
  fallback: 'not configured',
  ...(template !== undefined && { template }),
});

const upstreamToken = (meaning: string, from: string, needed: Variable['needed'], format = issuedSecret): Variable => ({
  meaning,
  format,
  source: 'secrets',
  needed,
  fallback: 'not configured',
  make: { from },
});

const shutdown = {
  NITRO_SHUTDOWN_TIMEOUT: option('how long requests in progress may take after SIGTERM', shutdownTimeout, '30000'),
};

const publicUrl = (meaning: string, host: string): Variable => setting(meaning, origin, developmentUrl(host));

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
const nuxtVariables = (provider: string) => ({
  NUXT_PLATFORM_API_URL: setting('platform-api, as the server reaches it', httpUrl(), 'http://localhost:3100'),
  SESSION_REDIS_URL: {
    ...setting('where sessions are kept', redisUrl, "this process's memory, for one pod"),
    source: 'secrets' as const,
    make: { from: 'Redis: redis://dezky-data:6379/1, with the user and password that it asks for' },
  },
  NUXT_AUTH_SESSION_SECONDS: option(
    'how long a session lasts at Authentik at least, after the sign-in. One that is gone earlier was ended, and ' +
      'the app ends its own with the next refresh; 0: never',
    sessionLifetime,
    '86400',
  ),
  ...shutdown,
  NUXT_OIDC_PROVIDERS_OIDC_CLIENT_ID: option('client id of the provider in Authentik', text, provider),
  NUXT_OIDC_SESSION_SECRET: appSecret('seals the session cookie', longSecret, { randomBytes: 36 }),
  NUXT_OIDC_TOKEN_KEY: appSecret('encrypts tokens at rest in Redis', aesKey, { randomBytes: 32 }),
  NUXT_OIDC_AUTH_SESSION_SECRET: appSecret('seals the state of a sign-in in progress', longSecret, { randomBytes: 36 }),
  NUXT_OIDC_PROVIDERS_OIDC_CLIENT_SECRET: appSecret('client secret of the provider in Authentik', issuedSecret, {
    from: `Authentik: Applications > Providers > ${provider} > Client Secret`,
  }),
  METRICS_PORT: {
    ...option(
      'the port of `GET /metrics`, for Prometheus alone; no Service and no Ingress may have it',
      port,
      'no metrics',
    ),
    source: 'pod' as const,
  },
  ...podVariables,
});

/** Every Deployment of `fleet/apps`, and all that it reads from its environment. */
export const environments = {
  ...forEachApp((app) => ({ variables: { ...publicUrls(app), ...nuxtVariables(app.name) } })),
  'platform-api': {
    variables: {
      AUTH_URL: setting(
        'Authentik, whose tokens it takes: `<AUTH_URL>/application/o/<slug>/` is the issuer, with `jwks/` below',
        httpUrl(),
        'https://auth.dezky.local',
      ),
      AUTH_SLUGS: option('the applications in Authentik whose tokens it takes', slugs, appNames.join(',')),
      OPERATOR_GROUP: option('the group in Authentik whose members are operators', text, 'dezky-operators'),
      UPSTREAM_TIMEOUT_MS: option('how long one answer of another service may take', upstreamTimeout, '3000'),
      ...shutdown,
      AUTHENTIK_API_URL: upstreamUrl("Authentik's admin API", httpUrl('/api/v3'), 'http://authentik/api/v3'),
      STALWART_URL: upstreamUrl(
        "Stalwart's management API: it runs on the node, so this is the gateway address that pods see",
        httpUrl(),
        'http://NODE_GATEWAY_IP:8080',
      ),
      OCIS_URL: upstreamUrl('OCIS; empty until it is deployed', httpUrl()),
      COLD_STORAGE_URL: upstreamUrl('the cold storage; declared, not read yet', reserved('cold storage')),
      AUTHENTIK_API_TOKEN: upstreamToken(
        "bearer for Authentik's admin API, of a service account that may view users and groups",
        'Authentik: Directory > Tokens and App passwords, intent API Token',
        'production',
      ),
      STALWART_TOKEN: upstreamToken(
        "bearer for Stalwart's management API",
        'Stalwart: Management > Directory > API Keys',
        'production',
      ),
      OCIS_TOKEN: upstreamToken(
        'bearer for OCIS; empty as long as OCIS_URL is',
        'OCIS: the app token of its service account',
        'never',
      ),
      COLD_STORAGE_TOKEN: upstreamToken(
        'bearer for the cold storage; declared, not read yet',
        'nowhere yet: it stays empty',
        'never',
        reserved('cold storage'),
      ),
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
export const runtimeVariables: ReadonlySet<string> = new Set(['NODE_ENV', 'NODE_OPTIONS', 'NODE_EXTRA_CA_CERTS', 'TZ']);

/** Where Nitro listens. The manifests have the port, which no variable may change. */
export const listenVariables: ReadonlySet<string> = new Set(['HOST', 'PORT', 'NITRO_HOST', 'NITRO_PORT']);

/** The Kubernetes object in which production sets a variable. */
export function keptIn(
  deployment: string,
  { source }: Variable,
): { kind: 'ConfigMap' | 'Secret'; name: string } | undefined {
  if (source === 'pod') return undefined;
  return { kind: source === 'secrets' ? 'Secret' : 'ConfigMap', name: `${deployment}-${source}` };
}
