import { expect, test } from 'vitest';
import { signInFailure } from '../../shared/utils/sign-in-failures.ts';
import { failure, notSignedIn, wasIdle } from './failure.ts';

test('a failure has the status, its standard text and the sentence for the person', () => {
  expect(failure(503, 'The store does not answer.')).toMatchObject({
    statusCode: 503,
    statusMessage: 'Service Unavailable',
    message: 'The store does not answer.',
  });
  expect(notSignedIn()).toMatchObject({ statusCode: 401, statusMessage: 'Unauthorized' });
});

test('a session that was idle for too long says so to the page and to the person', () => {
  const error = wasIdle();
  expect(error).toMatchObject({ statusCode: 401, data: { reason: 'idle' } });
  expect(error.message).toBe(signInFailure('idle'));
  expect(error.message).toContain('away for too long');
});
