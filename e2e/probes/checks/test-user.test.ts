import { expect, test } from 'vitest';
import { LedElsewhere } from '../visitor.ts';
import { signOutOf } from './test-user.ts';

const elsewhere = new URL('https://login.example/end-session/');
test('a sign-out that leads elsewhere ends there', async () => {
  const send = () => Promise.reject(new LedElsewhere('it leads elsewhere'));
  const visitor = { hops: [elsewhere], send, follow: () => Promise.resolve('') };
  expect(await signOutOf(visitor, 'https://operator.example')).toBe(elsewhere.href);
});
