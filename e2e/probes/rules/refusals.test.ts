import { expect, test } from 'vitest';
import type { LiveResponse } from '../../../fleet/engines/live/live.ts';
import { refusals } from './refusals.ts';

test.each([
  ['one answer for all', () => ({ 'x-request-id': 'kept' }), /are one answer, as their x-request-id says/],
  ['an answer for each', () => ({ 'x-request-id': `id-${Math.random()}` }), /what is before it, which may replace/],
  ['no ids', () => ({}), /what is before it, which may replace/],
  ['the name of a pod', () => ({ 'x-served-by': 'portal-1' }), /look at the log of that pod/],
])('data without a session: %s', async (_what, headersOf, says) => {
  const get = async (path: string) =>
    ({ url: path, status: 200, headers: headersOf(), body: '' }) as unknown as LiveResponse;
  expect((await refusals(get, ['/api/me'], undefined)).faults.join()).toMatch(says);
});
