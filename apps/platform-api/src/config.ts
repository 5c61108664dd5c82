import { environments, type UpstreamName, type VariableOf } from '../../environment/environments.ts';
import { faultsOf } from '../../environment/faults.ts';

/** One Authentik application whose access tokens this API accepts. */
interface Realm {
  /** Application slug, which is also the client id and so the token's audience. */
  slug: string;
  /** `<AUTH_URL>/application/o/<slug>/`, slash included (Authentik's issuer mode `per_provider`). */
  issuer: string;
  jwksUrl: string;
}

export type { UpstreamName };
export const upstreamNames = Object.keys(environments['platform-api'].upstreams) as readonly UpstreamName[];

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
  /** Milliseconds for one answer of another service. */
  upstreamTimeoutMs: number;
  podName?: string;
  revision?: string;
}

/** The environment is wrong. The message is one sentence per variable, with its name and never its value. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

type Values = Readonly<Partial<Record<VariableOf<'platform-api'>, string>>>;

const { variables, upstreams: upstreamVariables } = environments['platform-api'];

const withoutSlash = (url: string) => url.replace(/\/+$/, '');

const accessOf = (values: Values, upstream: UpstreamName): UpstreamAccess | undefined => {
  const names = upstreamVariables[upstream];
  const url = values[names.url];
  const token = values[names.token];
  return url && token ? { url: withoutSlash(url), token } : undefined;
};

const realmOf = (authUrl: string, slug: string): Realm => {
  const issuer = `${authUrl}/application/o/${slug}/`;
  return { slug, issuer, jwksUrl: `${issuer}jwks/` };
};

/**
 * Reads the settings from the environment; an empty variable counts as unset. Throws {@link ConfigError} when one
 * cannot be used.
 */
export const readConfig = (env: Readonly<Record<string, string | undefined>>): Config => {
  const faults = faultsOf(environments['platform-api'], env, 'start');
  if (faults.length > 0) throw new ConfigError(faults.map(({ sentence }) => sentence).join(' '));
  const values: Values = Object.fromEntries(Object.entries(env).filter(([, value]) => value));
  const authUrl = withoutSlash(values.AUTH_URL ?? variables.AUTH_URL.fallback);
  const upstreams: Config['upstreams'] = {};
  for (const name of upstreamNames) {
    const access = accessOf(values, name);
    if (access) upstreams[name] = access;
  }
  return {
    realms: (values.AUTH_SLUGS ?? variables.AUTH_SLUGS.fallback).split(',').map((slug) => realmOf(authUrl, slug)),
    operatorGroup: values.OPERATOR_GROUP ?? variables.OPERATOR_GROUP.fallback,
    upstreams,
    upstreamTimeoutMs: Number(values.UPSTREAM_TIMEOUT_MS ?? variables.UPSTREAM_TIMEOUT_MS.fallback),
    ...(values.POD_NAME && { podName: values.POD_NAME }),
    ...(values.REVISION && { revision: values.REVISION }),
  };
};
