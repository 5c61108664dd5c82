import { expect, test } from 'vitest';
import { Unreachable } from '../../../fleet/engines/live/unreachable.ts';
import { LedElsewhere, type Visitor } from '../visitor.ts';
import { signOutOf } from './test-user.ts';

const own = 'https://operator.example';
const elsewhere = new URL('https://login.example/end-session/');
const visitorThat = (send: Visitor['send']) => ({ hops: [elsewhere], send, follow: () => Promise.resolve('') });

test('a sign-out that leads elsewhere ends there', async () => {
  const visitor = visitorThat(() => Promise.reject(new LedElsewhere('it leads elsewhere')));
  expect(await signOutOf(visitor, own)).toBe(elsewhere.href);
});

test('a sign-out that is not answered leads nowhere: it is a fault of its own', async () => {
  const late = new Unreachable(own, { name: 'TimeoutError', message: '' }, { timeout: 1_000, received: undefined });
  await expect(
    signOutOf(
      visitorThat(() => Promise.reject(late)),
      own,
    ),
  ).rejects.toThrow('did not answer within 1 s');
});
