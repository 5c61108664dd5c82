import type { APIResponse } from '@playwright/test';
import { expect, test } from 'vitest';
import { answerKind, recovery } from './recovery.ts';

const response = (status: number, headers: Record<string, string>, body = ''): APIResponse =>
  ({
    status: () => status,
    url: () => 'https://operator.test/api/me',
    headers: () => headers,
    text: () => Promise.resolve(body),
  }) as APIResponse;
const app = (status: number, message = '') =>
  response(status, { 'x-served-by': 'operator-a', 'x-revision': 'r-1' }, JSON.stringify({ message }));
const edge = (status: number) => response(status, { 'x-edge-error': 'NO_ENDPOINTS' }, 'error: no ready pod\n');

/** Returns these responses in order; the last one is repeated. */
function asking(...answers: ReadonlyArray<APIResponse | Error>): () => Promise<APIResponse> {
  let asked = 0;
  return () => {
    const answer = answers[Math.min(asked, answers.length - 1)];
    asked += 1;
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer as APIResponse);
  };
}

test('records every answer up to the one that is wanted', async () => {
  const answers = await recovery(asking(app(503), edge(503), new Error('ECONNREFUSED'), app(200)), {
    of: 'the session',
    allowed: ['503 app', '503 edge', '0 nobody'],
  });
  expect(answers.map(answerKind)).toEqual(['503 app', '503 edge', '0 nobody', '200 app']);
});

test('waits until every answer of a time is the one that is wanted', async () => {
  const answers = await recovery(asking(app(200), edge(503), app(200)), {
    of: 'the session',
    allowed: ['503 edge'],
    steadyMs: 150,
  });
  expect(answers.map(answerKind).slice(0, 4)).toEqual(['200 app', '503 edge', '200 app', '200 app']);
});

test('a session that is lost in between is told, though it comes back', async () => {
  const lost = recovery(asking(app(503), app(503), app(401, 'You are not signed in.'), app(200)), {
    of: 'the session',
    allowed: ['503 app'],
  });
  await expect(lost).rejects.toThrow(
    'the session: GET /api/me was answered 401 by operator-a (r-1): You are not signed in., ' +
      'which is not allowed on the way; wanted 200. Before: 2 x 503 app.',
  );
});

test('the 503 of the edge is not that of the app, nor the other way round', async () => {
  await expect(recovery(asking(app(503)), { of: 'x', allowed: ['503 edge'] })).rejects.toThrow('503 by operator-a');
  await expect(recovery(asking(edge(503)), { of: 'x', allowed: ['503 app'] })).rejects.toThrow('503 NO_ENDPOINTS');
});

test('it ends, and says what was answered', async () => {
  const never = recovery(asking(app(503, 'Sessions cannot be read.')), { of: 'x', allowed: ['503 app'], timeout: 250 });
  await expect(never).rejects.toThrow(
    /503 by operator-a.*Sessions cannot be read.*within 0\.25 s.*Before: \d x 503 app/,
  );
});
