import { expect, test } from 'vitest';
import { lockKeyOf } from '../contract.ts';
import type { SessionKeys } from './session-store.ts';
import { refreshesBegun } from './refreshes.ts';

test('a refresh that has ended before the last one begins has begun, also one whose lock nobody saw', async () => {
  const sessions = ['one', 'two', 'three'].map((id) => ({ db: 1, key: `operator:oidc:${id}`, ttl: 60 }));
  const locks = sessions.slice(0, 2).map(({ key }) => [lockKeyOf(key)]);
  const accessTokenEnd = async (session: unknown) => (session === sessions[2] ? Infinity : 0);
  await refreshesBegun(
    { keyNames: async () => locks.shift() ?? [], accessTokenEnd } as unknown as SessionKeys,
    sessions,
  );
  expect(locks).toEqual([]);
});
