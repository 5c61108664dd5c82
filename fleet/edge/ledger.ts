import { performance } from 'node:perf_hooks';
import type { LedgerRow } from './row.ts';

export type Arrival = Pick<LedgerRow, 'client' | 'kind' | 'method' | 'url'> & Partial<LedgerRow>;

/** A request in flight: fill in `row` as values become known, then call `end()`. */
export interface OpenRow {
  readonly row: LedgerRow;
  /** Puts the row into the ledger. Only the first call counts. */
  end(): void;
}

/**
 * One row per response, in memory.
 *
 * There are two orders. `seq` numbers requests as they arrive. A row becomes readable when its response ends, and a
 * cursor counts *ended* rows. A slow response that ends after faster ones that started later comes after every cursor
 * that was taken before it ended, so a reader that starts at a cursor misses no row that ends after it.
 *
 * When `capacity` is reached, the older half of the rows is dropped.
 */
export class Ledger {
  #rows: LedgerRow[] = [];
  #dropped = 0;
  readonly #capacity: number;
  #started = 0;

  constructor(capacity = 200_000) {
    this.#capacity = capacity;
  }

  /** Rows that have ended so far: the cursor after the newest row. */
  get cursor(): number {
    return this.#dropped + this.#rows.length;
  }

  get inFlight(): number {
    return this.#started - this.cursor;
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
      reason: '',
      requestId: '',
      location: '',
      session: '',
      cookies: [],
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

  /** The rows after the cursor `after`, of one client if given, in the order in which they ended. */
  read(after = 0, client?: string): LedgerRow[] {
    const rows = this.#rows.slice(Math.max(0, after - this.#dropped));
    return client === undefined ? rows : rows.filter((row) => row.client === client);
  }

  #append(row: LedgerRow): void {
    if (this.#rows.length >= this.#capacity) {
      const kept = this.#rows.slice(this.#capacity / 2);
      this.#dropped += this.#rows.length - kept.length;
      this.#rows = kept;
    }
    this.#rows.push(row);
  }
}
