import type { PlatformAnswer } from '../platform-answers.ts';

export type PlatformPerson = PlatformAnswer<'/v1/me'>;
/** A page of the list, and the number of tenants on all pages. */
export type PlatformTenants = PlatformAnswer<'/v1/tenants'>;
/** A page of the list, and the number of users on all pages. */
export type PlatformUsers = PlatformAnswer<'/v1/users'>;
export type PlatformUserCounts = PlatformAnswer<'/v1/user-counts'>;
export type PlatformMailbox = PlatformAnswer<'/v1/mailbox'>;
export type PlatformStorage = PlatformAnswer<'/v1/storage'>;
