import { expect, test } from 'vitest';
import { Ledger } from './ledger.ts';
import type { LedgerRow } from './row.ts';

const arrival = (client = 'c') => ({ client, kind: 'api', method: 'GET', url: 'https://a.example/' }) as const;

const seqs = (rows: LedgerRow[]): number[] => rows.map((row) => row.seq);

test('a row that ends after the cursor was taken is not skipped, although it started before', () => {
  const ledger = new Ledger();
  const slow = ledger.begin(arrival());
  ledger.begin(arrival()).end();
  const first = ledger.read(0);
  expect(seqs(first.rows)).toEqual([2]);
  expect(ledger.inFlight).toBe(1);
  slow.end();
  const second = ledger.read(first.next);
  expect(seqs(second.rows)).toEqual([1]);
  expect(ledger.inFlight).toBe(0);
  expect(ledger.read(second.next).rows).toEqual([]);
});

test('only the rows of the named client are read, and the cursor passes the others', () => {
  const ledger = new Ledger();
  for (const client of ['a', 'b', 'a']) ledger.begin(arrival(client)).end();
  expect(seqs(ledger.read(0, 'a').rows)).toEqual([1, 3]);
  expect(ledger.read(0, 'nobody')).toMatchObject({ rows: [], next: 3 });
});

test('what no longer fits is counted for the reader that missed it, and for no other', () => {
  const ledger = new Ledger(3);
  for (let count = 0; count < 5; count++) ledger.begin(arrival()).end();
  const late = ledger.read(0);
  expect(seqs(late.rows)).toEqual([3, 4, 5]);
  expect(late.dropped).toBe(2);
  expect(ledger.read(2).dropped).toBe(0);
});

test('idle comes with the last response under way', async () => {
  const ledger = new Ledger();
  const [first, second] = [ledger.begin(arrival()), ledger.begin(arrival())];
  let isIdle = false;
  const idle = ledger.idle().then(() => (isIdle = true));
  first.end();
  await new Promise((resolve) => setImmediate(resolve));
  expect(isIdle).toBe(false);
  second.end();
  await idle;
});
