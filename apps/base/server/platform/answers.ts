import { z } from 'zod';
import type {
  PlatformMailbox,
  PlatformPerson,
  PlatformStorage,
  PlatformTenant,
  PlatformUser,
} from '../../shared/types/platform.ts';

const person = z.looseObject({
  username: z.string(),
  name: z.string(),
  email: z.string(),
  groups: z.array(z.string()),
  operator: z.boolean(),
}) satisfies z.ZodType<PlatformPerson>;

const tenant = z.looseObject({
  id: z.string(),
  name: z.string(),
  plan: z.string().nullable(),
  domain: z.string().nullable(),
  members: z.number(),
}) satisfies z.ZodType<PlatformTenant>;

const user = z.looseObject({
  pk: z.number(),
  username: z.string(),
  name: z.string(),
  email: z.string(),
  active: z.boolean(),
  lastLogin: z.iso.datetime({ offset: true }).nullable(),
  groups: z.array(z.string()),
}) satisfies z.ZodType<PlatformUser>;

/** Bytes. */
const bytes = z.number().nonnegative();

/** What each path of platform-api answers, as far as the pages rely on it: they would break on anything else. */
export const platformAnswers = {
  '/v1/me': person,
  '/v1/tenants': z.looseObject({ tenants: z.array(tenant) }),
  '/v1/users': z.looseObject({ users: z.array(user) }),
  '/v1/mailbox': z.looseObject({
    addresses: z.array(z.string()),
    usedBytes: bytes,
    quotaBytes: bytes.nullable(),
  }) satisfies z.ZodType<PlatformMailbox>,
  '/v1/storage': z.looseObject({
    usedBytes: bytes,
    totalBytes: bytes.nullable(),
  }) satisfies z.ZodType<PlatformStorage>,
} as const;

export type PlatformPath = keyof typeof platformAnswers;
export type PlatformAnswer<Path extends PlatformPath> = z.output<(typeof platformAnswers)[Path]>;
