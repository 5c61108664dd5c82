import type { AuthentikControl } from '../../fixtures/authentik/control/client.ts';
import type { EdgeClient } from '../../fleet/edge/client.ts';
import type { LedgerRow } from '../../fleet/edge/row.ts';
import { deadline } from '../deadline.ts';
import type { SessionKeys, StoredKey } from './session-store.ts';
import { lockKeyOf } from '../contract.ts';
import { expect } from '../matchers/index.ts';

/** Statuses of the refreshes that Authentik has responded to, of one user if given, without those in progress. */
export async function refreshesOf(
  authentik: AuthentikControl,
  { user, after }: { user?: string; after?: number } = {},
): Promise<number[]> {
  const { requests } = await authentik.requests({ ...(user && { user }), ...(after && { after }) });
  return requests.filter(({ grantType }) => grantType === 'refresh_token').map(({ status }) => status);
}

/**
 * Statuses of the refreshes since this cursor of the edge's ledger, provided that no user signs in meanwhile. Unlike
 * {@link refreshesOf} it does not need Authentik's log.
 */
export async function refreshesAfter(edge: EdgeClient, after: number): Promise<number[]> {
  const rows = await edge.ledger({ after });
  const isRefresh = ({ method, url }: LedgerRow) =>
    method === 'POST' && new URL(url).pathname === '/application/o/token/';
  return rows.filter(isRefresh).map(({ status }) => status);
}

/**
 * Resolves when a pod has started to refresh each session: it then holds the session's lock. On a slow machine the
 * first may have ended when the last starts, even between two looks at the locks.
 */
export async function refreshesBegun(store: SessionKeys, sessions: readonly StoredKey[]): Promise<void> {
  const begun = new Set<string>();
  const missing = async () => {
    for (const lock of await locksOf(store, sessions)) begun.add(lock);
    for (const session of sessions.filter(({ key }) => !begun.has(lockKeyOf(key))))
      if (await hasNewToken(store, session)) begun.add(lockKeyOf(session.key));
    return sessions.length - begun.size;
  };
  await expect
    .poll(missing, { message: 'sessions whose refresh has not begun', intervals: [50], timeout: deadline(20_000) })
    .toBe(0);
}

/** Delays the next token request of a user at Authentik. @returns a function that resolves when it has arrived. */
export async function delayNextRefresh(
  authentik: AuthentikControl,
  username: string,
  tokenDelayMs: number,
): Promise<() => Promise<void>> {
  await authentik.setFault({ tokenDelayMs, username, times: 1 });
  const isToCome = async () => (await authentik.faults()).some((fault) => fault.username === username);
  return () =>
    expect
      .poll(isToCome, { message: `a token request of ${username} that has not come to Authentik`, intervals: [25] })
      .toBe(false);
}

/** Resolves when no pod refreshes any of the sessions, so everything is stored. */
export async function refreshesEnded(store: SessionKeys, sessions: readonly StoredKey[]): Promise<void> {
  const held = async () => (await locksOf(store, sessions)).length;
  await expect.poll(held, { message: 'sessions whose refresh has not ended', timeout: deadline(10_000) }).toBe(0);
}

const hasNewToken = async (store: SessionKeys, session: StoredKey): Promise<boolean> =>
  ((await store.accessTokenEnd(session)) ?? 0) > Date.now() / 1000;

async function locksOf(store: SessionKeys, sessions: readonly StoredKey[]): Promise<string[]> {
  const locks = new Set(sessions.map(({ key }) => lockKeyOf(key)));
  return (await store.keyNames()).filter((key) => locks.has(key));
}

/** Resolves when every session has a new access token in the store, from any request. */
export async function waitForNewTokens(
  store: SessionKeys,
  sessions: readonly StoredKey[],
  { message, timeout }: { message: string; timeout: number },
): Promise<void> {
  const notYet = async () => {
    const ends = await Promise.all(sessions.map((session) => store.accessTokenEnd(session)));
    return {
      ended: ends.filter((end) => end === undefined).length,
      old: ends.filter((end) => end !== undefined && end < Date.now() / 1000).length,
    };
  };
  await expect.poll(notYet, { message, timeout, intervals: [100] }).toEqual({ ended: 0, old: 0 });
}

/** Resolves when an access token has expired. @param end seconds since the epoch, by the clock of this machine. */
export const tokenExpired = (end: number): Promise<void> =>
  expect
    .poll(() => Date.now() / 1000, { message: 'the access token expires', timeout: deadline(10_000) })
    .toBeGreaterThan(end);

/** Seconds. For platform-api an access token of this age has expired, whatever its clock tolerance is. */
export const expiredTokenAge = 3600;

/** Gives a session an access token that is due for a refresh and has expired, even for platform-api. */
export async function expireForReal(
  app: { call(path: string): Promise<{ status(): number }> },
  { session, sessionStore, authentik }: { session: StoredKey; sessionStore: SessionKeys; authentik: AuthentikControl },
): Promise<void> {
  await sessionStore.expireAccessToken(session);
  await authentik.setClock(-expiredTokenAge);
  const status = (await app.call('/api/me')).status();
  await authentik.setClock(0);
  expect(status, 'unproven: platform-api does not refuse the token that is to be expired').not.toBe(200);
  await sessionStore.expireAccessToken(session);
}
