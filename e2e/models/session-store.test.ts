import { expect, test, vi } from 'vitest';
import { SessionKeys } from './session-store.ts';

test('a late logout call of an earlier test is not counted to what a test added', async () => {
  using store = new SessionKeys({});
  const key = (name: string) => ({ db: 1, key: name, ttl: 60 });
  const session = key('portal:oidc:0123456789abcdef');
  vi.spyOn(store, 'keys')
    .mockResolvedValueOnce([])
    .mockResolvedValueOnce([session, key('operator:ended:sid:a+sub:b'), key('operator:logout-token:c')]);
  expect(await store.addedBy(async () => {})).toEqual([session]);
});
