import { expect, test } from 'vitest';
import { lockKeyOf } from '../contract.ts';
import type { SessionKeys } from './session-store.ts';
import { refreshesBegun } from './refreshes.ts';

const [first, second] = ['one', 'two'].map((id) => ({ db: 1, key: `operator:oidc:${id}`, ttl: 60 }));

test('a refresh that has ended before the last one begins has begun', async () => {
  const locks = [first, second].map((session) => [lockKeyOf(session!.key)]);
  const store = { keyNames: async () => locks.shift() ?? [] } as unknown as SessionKeys;
  await refreshesBegun(store, [first!, second!]);
  expect(locks).toEqual([]);
});
