import { expect, test } from 'vitest';
import { Ledger } from './ledger.ts';
import type { LedgerRow } from './row.ts';

const arrival = (client = 'c') => ({ client, kind: 'api', method: 'GET', url: 'https://a.example/' }) as const;

const seqs = (rows: LedgerRow[]): number[] => rows.map((row) => row.seq);

test('a row that ends after the cursor was taken is not skipped, although it started before', () => {
  const ledger = new Ledger();
  const slow = ledger.begin(arrival());
  ledger.begin(arrival()).end();
  expect(seqs(ledger.read())).toEqual([2]);
  const { cursor } = ledger;
  expect(ledger.inFlight).toBe(1);
  slow.end();
  expect(seqs(ledger.read(cursor))).toEqual([1]);
  expect(ledger.inFlight).toBe(0);
});

test('the oldest rows are dropped, and cursors stay valid', () => {
  const ledger = new Ledger(4);
  for (let count = 0; count < 6; count++) ledger.begin(arrival()).end();
  expect(seqs(ledger.read())).toEqual([3, 4, 5, 6]);
  expect(seqs(ledger.read(5))).toEqual([6]);
  expect(ledger.cursor).toBe(6);
});
