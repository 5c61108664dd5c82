import { expect, test } from 'vitest';
import { failure, notSignedIn, wasIdle } from './failure.ts';

test('a failure has the status, its standard text and the sentence for the person', () => {
  expect(failure(503, 'The store does not answer.')).toMatchObject({
    statusCode: 503,
    statusMessage: 'Service Unavailable',
    message: 'The store does not answer.',
  });
  expect(failure(599, 'x').statusMessage ?? '', 'a status without a standard text').toBe('');
  expect(notSignedIn()).toMatchObject({ statusCode: 401, statusMessage: 'Unauthorized' });
});

test('a session that was idle for too long says so to the page and to the person', () => {
  const error = wasIdle();
  expect(error).toMatchObject({ statusCode: 401, data: { reason: 'idle' } });
  expect(error.message).toBe('You were signed out because you were away for too long. Please sign in again.');
});
