import { expect, test } from 'vitest';
import { Ledger } from './ledger.ts';
import type { LedgerRow } from './row.ts';

const arrival = (client = 'c', more: Partial<LedgerRow> = {}) =>
  ({ client, kind: 'api', method: 'GET', url: 'https://a.example/', ...more }) as const;

const seqs = (rows: LedgerRow[]): number[] => rows.map((row) => row.seq);

test('a row that ends after the cursor was taken is not skipped, although it started before', () => {
  const ledger = new Ledger();
  const slow = ledger.begin(arrival());
  ledger.begin(arrival()).end();
  const first = ledger.read(0);
  expect(seqs(first.rows)).toEqual([2]);
  expect(first.inFlight).toBe(1);
  slow.end();
  const second = ledger.read(first.next);
  expect(seqs(second.rows)).toEqual([1]);
  expect(second.inFlight).toBe(0);
  expect(ledger.read(second.next).rows).toEqual([]);
});

test('a row ends once', () => {
  const ledger = new Ledger();
  const open = ledger.begin(arrival());
  open.end();
  open.end();
  expect(ledger.read(0).rows).toHaveLength(1);
});

test('filters hold together, and a mismatch needs both names', () => {
  const ledger = new Ledger();
  ledger.begin(arrival('a', { session: 's', pod: 'p1', servedBy: 'p2' })).end();
  ledger.begin(arrival('a', { session: 't', pod: 'p1', servedBy: 'p1' })).end();
  ledger.begin(arrival('b', { session: 's', pod: 'p1' })).end();
  ledger.begin(arrival('b', { servedBy: 'p1', outcome: 'egress' })).end();
  expect(seqs(ledger.read(0, { client: 'a' }).rows)).toEqual([1, 2]);
  expect(seqs(ledger.read(0, { client: 'a', session: 's' }).rows)).toEqual([1]);
  expect(seqs(ledger.read(0, { outcome: 'egress' }).rows)).toEqual([4]);
  expect(seqs(ledger.read(0, { mismatch: true }).rows)).toEqual([1]);
  expect(ledger.read(0, { client: 'nobody' })).toMatchObject({ rows: [], next: 4 });
});

test('pages end at the limit and go on at next', () => {
  const ledger = new Ledger();
  for (let count = 0; count < 5; count++) ledger.begin(arrival()).end();
  const page = ledger.read(0, {}, 3);
  expect(page).toMatchObject({ next: 3, more: true });
  expect(seqs(ledger.read(page.next, {}, 3).rows)).toEqual([4, 5]);
});

test('what no longer fits is counted for the reader that missed it, and for no other', () => {
  const ledger = new Ledger(3);
  for (let count = 0; count < 5; count++) ledger.begin(arrival()).end();
  const late = ledger.read(0);
  expect(seqs(late.rows)).toEqual([3, 4, 5]);
  expect(late.dropped).toBe(2);
  expect(ledger.read(2).dropped).toBe(0);
});

test('a reader waits for the first row that fits, not for others', async () => {
  const ledger = new Ledger();
  const waiting = ledger.readOrWait(0, { client: 'b' }, 5_000);
  ledger.begin(arrival('a')).end();
  ledger.begin(arrival('b')).end();
  expect(seqs((await waiting).rows)).toEqual([2]);
});

test('a wait ends with nothing after its time, or when the reader goes', async () => {
  const ledger = new Ledger();
  expect((await ledger.readOrWait(0, {}, 20)).rows).toEqual([]);
  const controller = new AbortController();
  const waiting = ledger.readOrWait(0, {}, 60_000, controller.signal);
  controller.abort();
  expect((await waiting).rows).toEqual([]);
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
