import type { SessionStore, StoredKey } from './session-store.ts';
import type { AuthentikFailures } from '../fixtures/authentik.ts';
import { expect } from '../matchers/index.ts';
import type { App } from './app.ts';

/** Seconds. For platform-api an access token of this age has expired, whatever its clock tolerance is. */
const longAgo = 3600;

/** Gives a session an access token that is due for a refresh and has expired, even for platform-api. */
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
