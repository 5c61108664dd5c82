import { expect, test } from 'vitest';
import type { LiveResponse } from '../../../fleet/engines/live/live.ts';
import { refusals } from './refusals.ts';

test.each([
  ['one answer for all', () => 'kept', /are one answer, as their x-request-id says/],
  ['an answer for each', () => `id-${Math.random()}`, /look at the log of that pod/],
  ['no ids', () => undefined, /look at the log of that pod/],
])('data without a session: %s', async (_what, idOf, says) => {
  const get = async (path: string) => {
    const id = idOf();
    return {
      url: path,
      status: 200,
      headers: { ...(id && { 'x-request-id': id }) },
      body: '',
    } as unknown as LiveResponse;
  };
  expect((await refusals(get, ['/api/me'], undefined)).faults.join()).toMatch(says);
});
