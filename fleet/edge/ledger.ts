import { performance } from 'node:perf_hooks';
import type { LedgerFilter, LedgerPage, LedgerRow } from './row.ts';

/** What is known when a request arrives. */
export type Arrival = Pick<LedgerRow, 'client' | 'kind' | 'method' | 'url'> & Partial<LedgerRow>;

/** A request in flight: fill in `row` as values become known, then call `end()`. */
export interface OpenRow {
  readonly row: LedgerRow;
  /** Puts the row into the ledger. Only the first call counts. */
  end(): void;
}

interface Waiter {
  filter: LedgerFilter;
  wake: () => void;
}

/**
 * One row per response, in memory.
 *
 * Two orders are kept apart. `seq` numbers requests as they arrive. A row becomes readable when its response ends, and
 * a cursor counts *ended* rows: a slow response that ends after faster ones that started later is found behind every
 * cursor handed out before it ended, so a reader that passes the last `next` as `after` sees each row exactly once.
 *
 * At most `capacity` rows are held. The oldest are dropped first. For a reader whose cursor is before the oldest held
 * row, `dropped` says how many rows it missed.
 */
export class Ledger {
  readonly #rows: LedgerRow[] = [];
  readonly #capacity: number;
  readonly #waiters = new Set<Waiter>();
  #started = 0;
  #ended = 0;

  constructor(capacity = 200_000) {
    this.#capacity = capacity;
  }

  /** Rows that ended so far: the cursor behind the newest row. */
  get cursor(): number {
    return this.#ended;
  }

  /** Requests that have started and not ended. */
  get inFlight(): number {
    return this.#started - this.#ended;
  }

  /** Readers that wait for a row. */
  get waiting(): number {
    return this.#waiters.size;
  }

  begin(arrival: Arrival): OpenRow {
    const startedAt = performance.now();
    const row: LedgerRow = {
      seq: ++this.#started,
      at: Date.now(),
      ms: 0,
      status: 0,
      service: '',
      pod: '',
      servedBy: '',
      revision: '',
      session: '',
      pinned: false,
      outcome: 'edge',
      error: '',
      ...arrival,
    };
    let open = true;
    return {
      row,
      end: () => {
        if (!open) return;
        open = false;
        row.ms = Math.round((performance.now() - startedAt) * 1000) / 1000;
        this.#append(row);
      },
    };
  }

  /** Rows behind the cursor `after` that fit the filter, at most `limit`, in the order in which they ended. */
  read(after: number, filter: LedgerFilter = {}, limit = 5_000): LedgerPage {
    const oldest = Math.max(0, this.#ended - this.#capacity);
    const rows: LedgerRow[] = [];
    let next = Math.max(after, oldest);
    while (next < this.#ended && rows.length < limit) {
      const row = this.#rows[next % this.#capacity];
      if (row && fits(row, filter)) rows.push(row);
      next++;
    }
    const dropped = Math.max(0, oldest - after);
    return { rows, next, more: next < this.#ended, dropped, inFlight: this.inFlight };
  }

  /** Like `read`; without a matching row it waits up to `ms` milliseconds for the first one. */
  async readOrWait(after: number, filter: LedgerFilter, ms: number, signal?: AbortSignal): Promise<LedgerPage> {
    const page = this.read(after, filter);
    if (page.rows.length > 0 || page.more || ms <= 0 || signal?.aborted) return page;
    await new Promise<void>((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', done);
        this.#waiters.delete(waiter);
        resolve();
      };
      const timer = setTimeout(done, ms);
      const waiter: Waiter = { filter, wake: done };
      signal?.addEventListener('abort', done);
      this.#waiters.add(waiter);
    });
    return this.read(page.next, filter);
  }

  /** Resolves when no request is under way. */
  async idle(): Promise<void> {
    while (this.inFlight > 0) await new Promise<void>((resolve) => this.#waiters.add({ filter: {}, wake: resolve }));
  }

  #append(row: LedgerRow): void {
    this.#rows[this.#ended % this.#capacity] = row;
    this.#ended++;
    for (const waiter of this.#waiters) {
      if (!fits(row, waiter.filter)) continue;
      this.#waiters.delete(waiter);
      waiter.wake();
    }
  }
}

function fits(row: LedgerRow, filter: LedgerFilter): boolean {
  return (
    (filter.client === undefined || row.client === filter.client) &&
    (filter.session === undefined || row.session === filter.session) &&
    (filter.outcome === undefined || row.outcome === filter.outcome) &&
    (!filter.mismatch || (row.pod !== '' && row.servedBy !== '' && row.pod !== row.servedBy))
  );
}
