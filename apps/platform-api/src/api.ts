import { appNames, type AppName } from '../../environment/apps.ts';
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

/** The applications whose tokens each route takes: those whose pages show its data. */
const applications = {
  me: appNames,
  tenants: ['operator'],
  users: ['operator'],
  mailbox: ['portal'],
  storage: ['portal'],
} as const satisfies Record<Exclude<keyof Api, 'health'>, readonly AppName[]>;

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
  const callerOf = async (route: keyof typeof applications, authorization: Authorization) => {
    const person = await authenticate(authorization);
    if (applications[route].some((name) => name === person.application)) return person;
    throw new ApiError('forbidden', `This is not for tokens of ${person.application}.`);
  };
  const requireOperator = async (route: 'tenants' | 'users', authorization: Authorization) => {
    const person = await callerOf(route, authorization);
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
      const person = await callerOf('me', authorization);
      return { ...person, operator: isOperator(person) };
    },
    tenants: async (authorization) => {
      await requireOperator('tenants', authorization);
      return { tenants: await listTenants(open('authentik')) };
    },
    users: async (authorization) => {
      await requireOperator('users', authorization);
      return { users: await listUsers(open('authentik')) };
    },
    mailbox: async (authorization) => {
      const { username } = await callerOf('mailbox', authorization);
      return readMailbox(open('stalwart'), username);
    },
    storage: async (authorization) => {
      const { username } = await callerOf('storage', authorization);
      return readStorage(open('ocis'), username);
    },
  };
};
