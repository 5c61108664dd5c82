import { z } from 'zod';
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

const pageSize = 100;

const page = <Item>(item: z.ZodType<Item>) =>
  z.object({
    // Page numbers; 0 when there is no next page (authentik/api/pagination.py).
    pagination: z.object({ next: z.number().int().min(0) }),
    results: z.array(item),
  });

/** All items of a paginated list (`?page=&page_size=`) within one deadline. */
const list = async <Item>(
  upstream: Upstream,
  path: string,
  item: z.ZodType<Item>,
  options: Record<string, string> = {},
): Promise<Item[]> => {
  const deadline = upstream.deadline();
  const items: Item[] = [];
  for (let number = 1; number !== 0;) {
    const query = new URLSearchParams({ page: `${number}`, page_size: `${pageSize}`, ...options });
    const { body } = await upstream.get(`${path}?${query}`, { deadline });
    // A next page at or before this one would make the loop endless.
    const { pagination, results } = upstream.read(
      page(item).refine(({ pagination: { next } }) => next === 0 || next > number, { path: ['pagination', 'next'] }),
      body,
    );
    items.push(...results);
    number = pagination.next;
  }
  return items;
};

const user = z.object({
  pk: z.number(),
  uuid: z.string(),
  username: z.string(),
  name: z.string(),
  email: z.string().default(''),
  is_active: z.boolean(),
  /** A malformed time counts as no time. */
  last_login: z.iso.datetime({ offset: true }).nullish().catch(null),
  type: z.string().default('internal'),
  groups_obj: z.array(z.object({ name: z.string() })).nullish(),
});

/** The users in Authentik, without service accounts and outposts (user types `*service_account`). */
export const listUsers = async (authentik: Upstream): Promise<AuthentikUser[]> => {
  const users = await list(authentik, '/core/users/', user);
  return users
    .filter(({ type }) => !type.endsWith('service_account'))
    .map(({ pk, uuid, username, name, email, is_active, last_login, groups_obj }) => ({
      pk,
      uuid,
      username,
      name,
      email,
      active: is_active,
      lastLogin: last_login ?? null,
      groups: (groups_obj ?? []).map((group) => group.name),
    }));
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
const groupOptions = { include_children: 'true', include_parents: 'true', include_users: 'false' };

/** A tenant is a group with the attribute `dezky_tenant: { name, plan, domain }`. */
export const listTenants = async (authentik: Upstream): Promise<Tenant[]> => {
  const groups = await list(authentik, '/core/groups/', group, groupOptions);
  return groups
    .filter(({ attributes }) => attributes['dezky_tenant'])
    .map(({ pk, name, users, attributes }) => {
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
};
