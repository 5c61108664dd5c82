import { performance } from 'node:perf_hooks';
import type { LedgerPage, LedgerRow } from './row.ts';

/** The values that are known when a request arrives. */
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
 * that was returned before it ended. So a reader that passes the last `next` as `after` sees each row exactly once.
 *
 * At most `capacity` rows are held. The oldest are dropped first. For a reader whose cursor is before the oldest held
 * row, `dropped` is the number of rows it missed.
 */
export class Ledger {
  readonly #rows: LedgerRow[] = [];
  readonly #capacity: number;
  readonly #onIdle: Array<() => void> = [];
  #started = 0;
  #ended = 0;

  constructor(capacity = 200_000) {
    this.#capacity = capacity;
  }

  /** Rows that have ended so far: the cursor after the newest row. */
  get cursor(): number {
    return this.#ended;
  }

  /** Requests that have started and not ended. */
  get inFlight(): number {
    return this.#started - this.#ended;
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

  /** At most `limit` rows after the cursor `after`, of one client if given, in the order in which they ended. */
  read(after: number, client?: string, limit = 5_000): LedgerPage {
    const oldest = Math.max(0, this.#ended - this.#capacity);
    const rows: LedgerRow[] = [];
    let next = Math.max(after, oldest);
    while (next < this.#ended && rows.length < limit) {
      const row = this.#rows[next % this.#capacity];
      if (row && (client === undefined || row.client === client)) rows.push(row);
      next++;
    }
    const dropped = Math.max(0, oldest - after);
    return { rows, next, more: next < this.#ended, dropped };
  }

  /** Resolves when no request is in flight. */
  async idle(): Promise<void> {
    if (this.inFlight > 0) await new Promise<void>((resolve) => this.#onIdle.push(resolve));
  }

  #append(row: LedgerRow): void {
    this.#rows[this.#ended % this.#capacity] = row;
    this.#ended++;
    if (this.inFlight > 0) return;
    for (const resolve of this.#onIdle.splice(0)) resolve();
  }
}
