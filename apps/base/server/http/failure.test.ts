import { expect, test } from 'vitest';
import { failure, notRenewed, notSignedIn, reasonOf, storeUnavailable } from './failure.ts';

test('a failure has the status, its standard text and the sentence for the person', () => {
  expect(failure(503, 'The store does not answer.')).toMatchObject({
    statusCode: 503,
    statusMessage: 'Service Unavailable',
    message: 'The store does not answer.',
  });
  expect(failure(599, 'x').statusMessage ?? '', 'a status without a standard text').toBe('');
});

test.each([
  ['idle', 'idle', 'You were signed out because you were away for too long. Please sign in again.'],
  ['back-channel', 'ended', 'Your session has ended. Please sign in again.'],
  ['unreadable', 'ended', 'Your session has ended. Please sign in again.'],
  ['none', undefined, 'You are not signed in.'],
  ['signed-out', undefined, 'You are not signed in.'],
] as const)(
  'a request without a session, because of "%s", says so to the page and to the person',
  (reason, failed, message) => {
    expect(notSignedIn(reason)).toMatchObject({
      statusCode: 401,
      statusMessage: 'Unauthorized',
      message,
      data: { reason, failed },
    });
  },
);

const redisIsDown = storeUnavailable(new Error('Redis is down'));
test.each([
  ['store-unavailable', redisIsDown],
  ['store-unavailable', notRenewed(redisIsDown)],
  ['not-renewed', notRenewed(undefined)],
])('a session that cannot be used now is a 503 with the reason %s', (reason, error) => {
  expect(error).toMatchObject({ statusCode: 503, message: expect.stringContaining('try again') });
  expect(reasonOf(error)).toBe(reason);
});

test('other failures have no reason', () => {
  expect([failure(503, 'x'), notSignedIn('idle'), undefined, 'x'].map(reasonOf)).toEqual(Array(4).fill(undefined));
});
