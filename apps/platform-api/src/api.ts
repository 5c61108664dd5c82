import { appNames, type AppName } from '../../environment/apps.ts';
import { createTokenVerifier, type Caller } from './access-token.ts';
import { ApiError } from './api-error.ts';
import {
  countUsers,
  listQuery,
  listTenants,
  listUsers,
  type Tenant,
  type AuthentikUser,
  type UserCounts,
} from './authentik.ts';
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

const countsAgeMs = 30_000;

/** The applications whose tokens each route takes: those whose pages show its data. */
const applications = {
  me: appNames,
  tenants: ['operator'],
  users: ['operator'],
  userCounts: ['operator'],
  mailbox: ['portal'],
  storage: ['portal'],
} as const satisfies Record<Exclude<keyof Api, 'health' | 'ready'>, readonly AppName[]>;

/** The response of each route. All but `health` may throw ApiError. */
export interface Api {
  /** Checks no dependency. */
  health(): Health;
  /**
   * `GET /health/ready`. From then on no dependency is checked: an outage of Authentik must not make every pod unready.
   * Before, a pod could answer nobody, and the pods that it replaces have the keys.
   */
  ready(): Promise<Health>;
  /** `GET /v1/me`. */
  me(authorization: Authorization): Promise<Caller & { operator: boolean }>;
  /** `GET /v1/tenants?page=&search=`, operators only. */
  tenants(authorization: Authorization, query?: object): Promise<{ count: number; tenants: Tenant[] }>;
  /** `GET /v1/users?page=&search=`, operators only. */
  users(authorization: Authorization, query?: object): Promise<{ count: number; users: AuthentikUser[] }>;
  /** `GET /v1/user-counts`, operators only. */
  userCounts(authorization: Authorization): Promise<UserCounts>;
  /** `GET /v1/mailbox`: the caller's own. */
  mailbox(authorization: Authorization): Promise<Mailbox>;
  /** `GET /v1/storage`: the caller's own. */
  storage(authorization: Authorization): Promise<Storage>;
}

export const createApi = (config: Config, fetch: typeof globalThis.fetch): Api => {
  const authenticate = createTokenVerifier(config, fetch);
  const open = (name: UpstreamName) => openUpstream(name, config, fetch);
  const userCounts = cached(countsAgeMs, async () => countUsers(open('authentik')));
  const isOperator = (person: Caller) => person.groups.includes(config.operatorGroup);
  const callerOf = async (route: keyof typeof applications, authorization: Authorization) => {
    const person = await authenticate(authorization);
    if (applications[route].some((name) => name === person.application)) return person;
    throw new ApiError('forbidden', `This is not for tokens of ${person.application}.`);
  };
  const requireOperator = async (route: 'tenants' | 'users' | 'userCounts', authorization: Authorization) => {
    const person = await callerOf(route, authorization);
    if (!isOperator(person)) throw new ApiError('forbidden', 'Only operators may see this.');
  };

  const api: Api = {
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
    ready: async () => {
      await authenticate.readKeys();
      return api.health();
    },
    me: async (authorization) => {
      const person = await callerOf('me', authorization);
      return { ...person, operator: isOperator(person) };
    },
    tenants: async (authorization, query = {}) => {
      await requireOperator('tenants', authorization);
      return listTenants(open('authentik'), listQuery.parse(query));
    },
    users: async (authorization, query = {}) => {
      await requireOperator('users', authorization);
      return listUsers(open('authentik'), listQuery.parse(query));
    },
    userCounts: async (authorization) => {
      await requireOperator('userCounts', authorization);
      return userCounts();
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
  return api;
};

/** The result of `load`, at most this old. Callers share a load in progress; one that fails is not kept. */
function cached<Value>(maxAgeMs: number, load: () => Promise<Value>): () => Promise<Value> {
  let held: { since: number; value: Promise<Value> } | undefined;
  return () => {
    if (held && Date.now() - held.since < maxAgeMs) return held.value;
    const mine = { since: Date.now(), value: load() };
    held = mine;
    mine.value.catch(() => {
      if (held === mine) held = undefined;
    });
    return mine.value;
  };
}
