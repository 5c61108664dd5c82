import { z } from 'zod';

const person = z.object({
  username: z.string(),
  /** Null: the access token has no such claim. */
  name: z.string().nullable(),
  email: z.string().nullable(),
  groups: z.array(z.string()),
  operator: z.boolean(),
});

const tenant = z.object({
  id: z.string(),
  name: z.string(),
  plan: z.string().nullable(),
  domain: z.string().nullable(),
  members: z.number(),
});

const user = z.object({
  pk: z.number(),
  username: z.string(),
  name: z.string(),
  email: z.string(),
  active: z.boolean(),
  /** ISO 8601, or null before the first sign-in. */
  lastLogin: z.iso.datetime({ offset: true }).nullable(),
  groups: z.array(z.string()),
});

/** Bytes. */
const bytes = z.number().nonnegative();

/**
 * The response of each platform-api path, limited to the fields that the pages use. Other fields do not reach the
 * browser. Pages import only the types (types/platform.ts), so that zod does not reach it either.
 */
export const platformAnswers = {
  '/v1/me': person,
  '/v1/tenants': z.object({ count: z.number(), tenants: z.array(tenant) }),
  '/v1/users': z.object({ count: z.number(), users: z.array(user) }),
  '/v1/user-counts': z.object({ all: z.number(), active: z.number(), recent: z.number() }),
  '/v1/mailbox': z.object({
    addresses: z.array(z.string()),
    usedBytes: bytes,
    /** Null: no limit. */
    quotaBytes: bytes.nullable(),
  }),
  '/v1/storage': z.object({
    usedBytes: bytes,
    /** Null: no limit. */
    totalBytes: bytes.nullable(),
  }),
} as const;

export type PlatformPath = keyof typeof platformAnswers;
export type PlatformAnswer<Path extends PlatformPath> = z.output<(typeof platformAnswers)[Path]>;
