import { describe, expect, test } from 'vitest';
import type { LedgerRow } from '../../fleet/edge/row.ts';
import { toAllSucceed } from './to-all-succeed.ts';
import { toSpanPods } from './to-span-pods.ts';

const row = (servedBy: string, session = 'abc'): LedgerRow => ({ servedBy, session }) as LedgerRow;

describe('toSpanPods', () => {
  test('passes when one session was served by as many pods as wanted', () => {
    expect(toSpanPods([row('a'), row('b')], 2).pass).toBe(true);
  });
  test.each([
    ['one pod', [row('a'), row('a')]],
    ['two sessions', [row('a', 'x'), row('b', 'y')]],
    ['no session at all', [row('a', ''), row('b', '')]],
    ['nothing', []],
  ])('calls it unproven with %s', (_what, rows) => {
    const { pass, message } = toSpanPods(rows, 2);
    expect(pass).toBe(false);
    expect(message()).toMatch(/^unproven: /);
  });
});

describe('toAllSucceed', () => {
  test('counts failures by pod and status', () => {
    const { pass, message } = toAllSucceed([
      { status: 200 },
      {
        status: 401,
        pod: 'a',
        revision: 'r-1',
        method: 'GET',
        url: 'https://operator.test/api/me?call=3',
        message: 'You are not signed in.',
      },
      { status: 0, error: 'ECONNREFUSED' },
    ]);
    expect(pass).toBe(false);
    expect(message()).toBe(
      '2 of 3 requests failed: 1 x 401 by a, 1 x no answer ECONNREFUSED. ' +
        'The first: GET /api/me was answered 401 by a (r-1): You are not signed in.',
    );
  });
  test('does not pass on silence', () => {
    expect(toAllSucceed([]).pass).toBe(false);
  });
  test('takes a redirect, perhaps to the sign-in page, for a failure', () => {
    expect(toAllSucceed([{ status: 302 }]).pass).toBe(false);
  });
});
