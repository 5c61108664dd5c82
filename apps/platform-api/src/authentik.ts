import { z } from 'zod';
import { ApiError } from './api-error.ts';
import type { Upstream } from './upstream.ts';

export interface AuthentikUser {
  /** Authentik's primary key, as in `/if/admin/#/identity/users/<pk>`. */
  pk: number;
  uuid: string;
  username: string;
  name: string;
  email: string;
  active: boolean;
  /** ISO 8601, or null before the first sign-in. */
  lastLogin: string | null;
  groups: string[];
}

export interface Tenant {
  id: string;
  group: string;
  name: string;
  plan: string | null;
  domain: string | null;
  members: number;
}

/** Numbers of users, without service accounts. */
export interface UserCounts {
  all: number;
  active: number;
  /** Active users who have signed in within a week. */
  recent: number;
}

const weekMs = 7 * 86_400_000;

/** Which part of a list a request is for. What is malformed counts as absent. */
export const listQuery = z.object({
  page: z.coerce.number().int().min(1).catch(1),
  /** No name is longer, and an address has a limit. */
  search: z
    .string()
    .transform((text) => text.trim().slice(0, 200))
    .catch(''),
});
type ListQuery = z.output<typeof listQuery>;

/** A page of a list, and the number of items on all pages (authentik/api/pagination.py). */
const read = async <Item>(upstream: Upstream, path: string, item: z.ZodType<Item>, query: Record<string, string>) => {
  const { status, body } = await upstream.get(`${path}&${new URLSearchParams({ page_size: '50', ...query })}`, {
    deadline: upstream.deadline(),
    acceptStatus: Number(query['page']) > 1 ? [404] : [],
  });
  if (status === 404) throw new ApiError('not_found', 'The list has no such page.', upstream.name);
  const answer = z.object({ pagination: z.object({ count: z.number().int().min(0) }), results: z.array(item) });
  const { pagination, results } = upstream.read(answer, body);
  return { count: pagination.count, items: results };
};

/** Users that are no service accounts and no outposts. */
const people = '/core/users/?type=internal&type=external';

const user = z.object({
  pk: z.number(),
  uuid: z.string(),
  username: z.string(),
  name: z.string(),
  email: z.string().default(''),
  is_active: z.boolean(),
  /** A malformed time counts as no time. */
  last_login: z.iso.datetime({ offset: true }).nullish().catch(null),
  groups_obj: z.array(z.object({ name: z.string() })).nullish(),
});

/** A page of the users in Authentik. */
export const listUsers = async (
  authentik: Upstream,
  { page, search }: ListQuery,
): Promise<{ count: number; users: AuthentikUser[] }> => {
  const { count, items } = await read(authentik, people, user, { page: `${page}`, search });
  const users = items.map(({ pk, uuid, username, name, email, is_active, last_login, groups_obj }) => ({
    pk,
    uuid,
    username,
    name,
    email,
    active: is_active,
    lastLogin: last_login ?? null,
    groups: (groups_obj ?? []).map((group) => group.name),
  }));
  return { count, users };
};

export const countUsers = async (authentik: Upstream): Promise<UserCounts> => {
  const count = async (filter: Record<string, string>) =>
    (await read(authentik, people, z.unknown(), { ...filter, page_size: '1' })).count;
  const weekAgo = new Date(Date.now() - weekMs).toISOString();
  const [all, active, recent] = await Promise.all([
    count({}),
    count({ is_active: 'true' }),
    count({ is_active: 'true', last_login__gt: weekAgo }),
  ]);
  return { all, active, recent };
};

// Attributes are edited by hand in Authentik's admin interface. A malformed one omits its field, not the whole list.
const tenantAttribute = z
  .object({
    name: z.string().optional().catch(undefined),
    plan: z.string().optional().catch(undefined),
    domain: z.string().optional().catch(undefined),
  })
  .catch({});

const group = z.object({
  pk: z.string(),
  name: z.string(),
  users: z.array(z.unknown()).nullish(),
  attributes: z.record(z.string(), z.unknown()).default({}),
});

/**
 * Without the first two, Authentik queries its database twice for each group, which takes four times as long
 * (authentik/core/api/groups.py, get_queryset). The member count needs only primary keys, which are always included.
 */
const groups = '/core/groups/?include_children=true&include_parents=true&include_users=false';

/**
 * A page of the tenants. A tenant is a group with the attribute `dezky_tenant: { name, plan, domain }`, which Authentik
 * looks for with Django's lookups (authentik/core/api/groups.py, filter_attributes).
 */
export const listTenants = async (
  authentik: Upstream,
  { page, search }: ListQuery,
): Promise<{ count: number; tenants: Tenant[] }> => {
  const isTenant = { dezky_tenant__isnull: false, ...(search && { dezky_tenant__name__icontains: search }) };
  const query = { page: `${page}`, attributes: JSON.stringify(isTenant) };
  const { count, items } = await read(authentik, groups, group, query);
  const tenants = items.map(({ pk, name, users, attributes }) => {
    const tenant = tenantAttribute.parse(attributes['dezky_tenant']);
    return {
      id: pk,
      group: name,
      name: tenant.name ?? name,
      plan: tenant.plan ?? null,
      domain: tenant.domain ?? null,
      members: users?.length ?? 0,
    };
  });
  return { count, tenants };
};
