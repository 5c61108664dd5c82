import { expect, test, vi } from 'vitest';
import { FailedSignIn, signInAtEach } from './sign-in-at-each-pod.ts';

const pods = ['app-a', 'app-b'];

/** Sign-ins that end in turn at these pods; those with `!` fail there, and those with `~` are late. */
async function ended(...turns: ReadonlyArray<string | undefined>) {
  const sessions: number[] = [];
  const nudge = vi.fn(() => Promise.resolve());
  let count = 0;
  const signIn = () => {
    const turn = turns[count++ % turns.length];
    if (turn?.startsWith('!'))
      return Promise.reject(new FailedSignIn('app', 'it ends there', 'look there', turn.slice(1) || undefined));
    return Promise.resolve({
      session: count,
      pod: turn?.replace('~', '') || undefined,
      isLate: turn?.startsWith('~') ?? false,
    });
  };
  const fault = await signInAtEach({ app: 'app', pods, signIn, nudge }, sessions).then(
    () => undefined,
    ({ message }: Error) => message,
  );
  return { sessions, fault, count, nudges: nudge.mock.calls.length };
}

test('each pod answers a callback, also where a balancer takes turns', async () => {
  expect(await ended('app-a', 'app-b')).toEqual({ sessions: [1, 2], fault: undefined, count: 2, nudges: 0 });
  expect(await ended('app-a', 'app-a', 'app-b')).toMatchObject({ fault: undefined, count: 3, nudges: 1 });
});

test('pods that never answer one, or have no names, are asked no longer', async () => {
  expect(await ended('app-a')).toMatchObject({ fault: undefined, count: 6 });
  expect(await ended(undefined)).toMatchObject({ fault: undefined, count: 1 });
});

test.each([
  ['!app-b', 'app-a'],
  ['app-a', '!app-b'],
])('a pod where sign-ins fail is named: %s, %s', async (...turns) => {
  const { fault, sessions } = await ended(...turns);
  expect(fault).toMatch(
    /^Sign-ins to app end well at app-a, and not at app-b \(it ends there\): .* the log of app-b\.$/,
  );
  expect(sessions).toHaveLength(1);
});

test('what fails everywhere, or now and then, is no fault of one pod', async () => {
  const everywhere = 'The test user did not get through the sign-in of app (it ends there): look there.';
  expect(await ended('!app-a', '!app-b')).toMatchObject({ fault: everywhere, count: 2 });
  expect(await ended('app-a', '!app-a', 'app-b')).toMatchObject({ fault: everywhere });
});

test('a password that Authentik refuses is sent once', async () => {
  expect(await ended('!')).toMatchObject({ count: 1, fault: expect.stringContaining('did not get through') });
});

test('a pod that is late has a second chance', async () => {
  expect(await ended('~app-a', 'app-b', 'app-b', 'app-a')).toMatchObject({ fault: undefined, count: 4, nudges: 1 });
  expect(await ended('~app-a', 'app-b')).toMatchObject({ fault: undefined, count: 3 });
  expect(await ended('~', '')).toMatchObject({ fault: undefined, count: 2 });
});
