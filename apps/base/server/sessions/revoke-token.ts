import { setTimeout as delay } from 'node:timers/promises';
import type { H3Event } from 'h3';
import { readable, type SessionEntry } from '../nuxt-oidc-auth/session-entry.ts';
import { sessions } from './sessions.ts';
import { revokeToken, tokenEndpoint } from './token-endpoint.ts';

/** Milliseconds. */
const timeout = 4000;

/**
 * Revokes the refresh token of a session that has ended, after the response: at Authentik it outlives the session by
 * 30 days. When Authentik does not confirm it, the log says so.
 * @param token that of an entry, or one that was never stored. @param id of a session that a pod may be refreshing now.
 */
export const revokeLater = (event: H3Event, token: SessionEntry['refreshToken'] | string, id?: string): void => {
  if (token === undefined) return;
  const revoke = async () => {
    const refreshToken = typeof token === 'string' ? token : await readable(token);
    if (refreshToken) await revokeToken(tokenEndpoint(timeout), refreshToken);
  };
  event.waitUntil(
    (id === undefined ? revoke() : whenNotRefreshed(id, revoke)).catch(({ message }: Error) =>
      console.warn(`A refresh token could not be revoked: ${message}.`),
    ),
  );
};

/** Seconds to wait for a refresh, which may take a minute. */
const patience = 90;

/** Runs a task under the session's lock. A refresh that presents a revoked token is a suspicious request to Authentik. */
const whenNotRefreshed = async (id: string, task: () => Promise<void>): Promise<void> => {
  const done = Symbol('done');
  for (let second = 0; second < patience; second += 1) {
    if ((await sessions.lock.run<unknown>(id, () => task().then(() => done))) === done) return;
    await delay(1000, undefined, { ref: false });
  }
};
