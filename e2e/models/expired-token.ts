import type { SessionStore, StoredKey } from '../fixtures/session-store.ts';
import type { AuthentikFailures } from '../fixtures/authentik-failures.ts';
import { expect } from '../matchers/index.ts';
import type { App } from './app.ts';

/** Seconds. For platform-api an access token of this age has expired, whatever clock difference it allows. */
const longAgo = 3600;

/** Gives a session an access token that has expired, for platform-api too, and is due to be renewed. */
export async function expireForReal(
  app: App,
  { session, sessionStore, failures }: { session: StoredKey; sessionStore: SessionStore; failures: AuthentikFailures },
): Promise<void> {
  await sessionStore.expireAccessToken(session);
  await failures.clock(-longAgo);
  const status = (await app.call('/api/me')).status();
  await failures.clock(0);
  expect(status, 'unproven: platform-api does not refuse the token that is to be expired').not.toBe(200);
  await sessionStore.expireAccessToken(session);
}
