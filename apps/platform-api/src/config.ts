import { z } from 'zod';

/** One Authentik application whose access tokens this API accepts. */
export interface Realm {
  /** Application slug, which is also the client id and so the token's audience. */
  slug: string;
  /** `<AUTH_URL>/application/o/<slug>/`, slash included (Authentik's issuer mode `per_provider`). */
  issuer: string;
  jwksUrl: string;
}

export const upstreamNames = ['authentik', 'stalwart', 'ocis'] as const;
export type UpstreamName = (typeof upstreamNames)[number];

interface UpstreamAccess {
  /** Base URL without a trailing slash. */
  url: string;
  /** Bearer token of this service, never the caller's. */
  token: string;
}

export interface Config {
  realms: readonly Realm[];
  operatorGroup: string;
  /** An upstream that is not configured is absent. */
  upstreams: Partial<Record<UpstreamName, UpstreamAccess>>;
  /** Milliseconds that one answer of another service may take, all its pages included. */
  upstreamTimeoutMs: number;
  podName?: string;
  revision?: string;
}

/** The environment is wrong. The message is one sentence per variable, with its name and never its value. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

const httpUrl = (mustEndIn = '') =>
  z.string().transform((value, context) => {
    const url = URL.parse(value);
    const isBase = url && /^https?:$/.test(url.protocol) && !url.username && !url.password && !url.search && !url.hash;
    const base = value.replace(/\/+$/, '');
    if (isBase && base.endsWith(mustEndIn)) return base;
    const ending = mustEndIn && ` that ends in ${mustEndIn}`;
    context.addIssue(`must be an http or https URL without credentials, query and fragment${ending}`);
    return z.NEVER;
  });

const headerValue = z.string().regex(/^[\x21-\x7e]+$/, 'must be printable ASCII without spaces');

const environment = z.object({
  AUTH_URL: httpUrl().default('https://auth.dezky.local'),
  AUTH_SLUGS: z
    .string()
    .regex(/^[\w-]+(,[\w-]+)*$/, 'must be application slugs separated by commas, like operator,portal')
    .transform((slugs) => slugs.split(','))
    .default(['operator', 'portal']),
  OPERATOR_GROUP: z.string().default('dezky-operators'),
  AUTHENTIK_API_URL: httpUrl('/api/v3').optional(),
  AUTHENTIK_API_TOKEN: z.string().optional(),
  STALWART_URL: httpUrl().optional(),
  STALWART_TOKEN: z.string().optional(),
  OCIS_URL: httpUrl().optional(),
  OCIS_TOKEN: z.string().optional(),
  UPSTREAM_TIMEOUT_MS: z.coerce
    .number('must be a number of milliseconds')
    .int('must be a whole number of milliseconds')
    .min(1, 'must be at least 1 millisecond')
    .max(60_000, 'must be at most 60000 milliseconds')
    .default(3000),
  POD_NAME: headerValue.optional(),
  REVISION: headerValue.optional(),
});
type Environment = z.infer<typeof environment>;

const accessVariables = {
  authentik: ['AUTHENTIK_API_URL', 'AUTHENTIK_API_TOKEN'],
  stalwart: ['STALWART_URL', 'STALWART_TOKEN'],
  ocis: ['OCIS_URL', 'OCIS_TOKEN'],
} as const satisfies Record<UpstreamName, readonly [url: keyof Environment, token: keyof Environment]>;

const accessOf = (env: Environment, upstream: UpstreamName): UpstreamAccess | undefined => {
  const [urlName, tokenName] = accessVariables[upstream];
  const url = env[urlName];
  const token = env[tokenName];
  if (url && token) return { url, token };
  if (!url && !token) return undefined;
  const [present, missing] = url ? [urlName, tokenName] : [tokenName, urlName];
  throw new ConfigError(
    `${missing} is not set although ${present} is: set both, or neither to do without ${upstream}.`,
  );
};

const realmOf = (authUrl: string, slug: string): Realm => {
  const issuer = `${authUrl}/application/o/${slug}/`;
  return { slug, issuer, jwksUrl: `${issuer}jwks/` };
};

/**
 * Reads the settings from the environment; an empty variable counts as unset.
 * Throws {@link ConfigError} when one cannot be used.
 */
export const readConfig = (env: Readonly<Record<string, string | undefined>>): Config => {
  const set = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const read = environment.safeParse(set);
  if (!read.success)
    throw new ConfigError(read.error.issues.map((issue) => `${String(issue.path[0])} ${issue.message}.`).join(' '));
  const { data } = read;
  const upstreams: Config['upstreams'] = {};
  for (const name of upstreamNames) {
    const access = accessOf(data, name);
    if (access) upstreams[name] = access;
  }
  return {
    realms: data.AUTH_SLUGS.map((slug) => realmOf(data.AUTH_URL, slug)),
    operatorGroup: data.OPERATOR_GROUP,
    upstreams,
    upstreamTimeoutMs: data.UPSTREAM_TIMEOUT_MS,
    ...(data.POD_NAME && { podName: data.POD_NAME }),
    ...(data.REVISION && { revision: data.REVISION }),
  };
};
