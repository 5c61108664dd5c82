import type { PlatformAnswer } from '../../server/platform/answers.ts';

export type PlatformPerson = PlatformAnswer<'/v1/me'>;
export type PlatformTenant = PlatformAnswer<'/v1/tenants'>['tenants'][number];
export type PlatformUser = PlatformAnswer<'/v1/users'>['users'][number];
export type PlatformMailbox = PlatformAnswer<'/v1/mailbox'>;
export type PlatformStorage = PlatformAnswer<'/v1/storage'>;
