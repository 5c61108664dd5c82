import { createTokenVerifier, type Caller } from './access-token.ts';
import { ApiError } from './api-error.ts';
import { listTenants, listUsers, type Tenant, type AuthentikUser } from './authentik.ts';
import type { Config, UpstreamName } from './config.ts';
import { readStorage, type Storage } from './ocis.ts';
import { readMailbox, type Mailbox } from './stalwart.ts';
import { openUpstream } from './upstream.ts';

/** Value of a request's `Authorization` header. */
type Authorization = string | undefined;

interface Health {
  ok: true;
  pod: string | null;
  revision: string | null;
  /** Whether each upstream is configured, so that a misspelt variable is noticed. */
  upstreams: Record<UpstreamName, boolean>;
}

/** The response of each route. All but `health` may throw ApiError. */
export interface Api {
  /** `GET /health/ready`. Checks no dependency: an outage of Authentik must not make every pod unready. */
  health(): Health;
  /** `GET /v1/me`. */
  me(authorization: Authorization): Promise<Caller & { operator: boolean }>;
  /** `GET /v1/tenants`, operators only. */
  tenants(authorization: Authorization): Promise<{ tenants: Tenant[] }>;
  /** `GET /v1/users`, operators only. */
  users(authorization: Authorization): Promise<{ users: AuthentikUser[] }>;
  /** `GET /v1/mailbox`: the caller's own. */
  mailbox(authorization: Authorization): Promise<Mailbox>;
  /** `GET /v1/storage`: the caller's own. */
  storage(authorization: Authorization): Promise<Storage>;
}

export const createApi = (config: Config, fetch: typeof globalThis.fetch): Api => {
  const authenticate = createTokenVerifier(config, fetch);
  const open = (name: UpstreamName) => openUpstream(name, config, fetch);
  const isOperator = (person: Caller) => person.groups.includes(config.operatorGroup);
  const requireOperator = async (authorization: Authorization) => {
    const person = await authenticate(authorization);
    if (!isOperator(person)) throw new ApiError('forbidden', 'Only operators may see this.');
  };

  return {
    health: () => ({
      ok: true,
      pod: config.podName ?? null,
      revision: config.revision ?? null,
      upstreams: {
        authentik: config.upstreams.authentik !== undefined,
        stalwart: config.upstreams.stalwart !== undefined,
        ocis: config.upstreams.ocis !== undefined,
        'cold-storage': config.upstreams['cold-storage'] !== undefined,
      },
    }),
    me: async (authorization) => {
      const person = await authenticate(authorization);
      return { ...person, operator: isOperator(person) };
    },
    tenants: async (authorization) => {
      await requireOperator(authorization);
      return { tenants: await listTenants(open('authentik')) };
    },
    users: async (authorization) => {
      await requireOperator(authorization);
      return { users: await listUsers(open('authentik')) };
    },
    mailbox: async (authorization) => {
      const { username } = await authenticate(authorization);
      return readMailbox(open('stalwart'), username);
    },
    storage: async (authorization) => {
      const { username } = await authenticate(authorization);
      return readStorage(open('ocis'), username);
    },
  };
};
