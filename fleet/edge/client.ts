import type { ControlPlane } from '../control-token.ts';
import { HarnessError } from '../errors.ts';
import type { Endpoint, LedgerFilter, LedgerPage, LedgerRow, Pin, Route } from './row.ts';

export interface LedgerQuery extends LedgerFilter {
  /** Cursor: `next` of an earlier answer. Default 0, all that the ledger still holds. */
  after?: number;
  /** Milliseconds to wait for the first matching row, at most 30,000. Default 0. */
  wait?: number;
}

export interface EdgeHealth {
  ok: boolean;
  proxyPort: number;
  /** Cursor behind the newest row. */
  cursor: number;
  inFlight: number;
}

/** Duration of one long poll of `follow` and `until`, in milliseconds. */
const pollMs = 10_000;

/** The edge's control plane, typed. Every method throws a HarnessError when the edge is gone or refuses. */
export class EdgeClient {
  readonly #url: string;
  readonly #token: string;

  constructor({ controlUrl, controlToken }: ControlPlane) {
    this.#url = controlUrl.replace(/\/$/, '');
    this.#token = controlToken;
  }

  health(): Promise<EdgeHealth> {
    return this.#call('GET', '/health');
  }

  routes(): Promise<Route[]> {
    return this.#call('GET', '/routes');
  }

  /** Replaces every route. */
  putRoutes(routes: readonly Route[]): Promise<Route[]> {
    return this.#call('PUT', '/routes', { body: routes });
  }

  /** Endpoints by service. */
  endpoints(): Promise<Record<string, Endpoint[]>> {
    return this.#call('GET', '/endpoints');
  }

  /** Replaces one service's endpoints. */
  putEndpoints(service: string, endpoints: readonly Endpoint[]): Promise<Endpoint[]> {
    return this.#call('PUT', `/endpoints/${encodeURIComponent(service)}`, { body: endpoints });
  }

  /** Pins by client. */
  pins(): Promise<Record<string, Pin[]>> {
    return this.#call('GET', '/pins');
  }

  /** Replaces a client's pins. An empty list lets the balancer choose. */
  pin(client: string, pins: readonly Pin[]): Promise<Pin[]> {
    return this.#call('PUT', `/pins/${encodeURIComponent(client)}`, { body: pins });
  }

  async unpin(client: string): Promise<void> {
    await this.#call('DELETE', `/pins/${encodeURIComponent(client)}`);
  }

  /** The cursor behind the newest row: pass it as `after` to read only later rows. */
  async cursor(): Promise<number> {
    return (await this.health()).cursor;
  }

  /** Every matching row behind `after`. A response in flight has no row yet: see `inFlight`. */
  async ledger(query: LedgerQuery = {}): Promise<LedgerPage> {
    let page = await this.#page(query);
    const rows = page.rows;
    const { dropped } = page;
    while (page.more) {
      page = await this.#page({ ...query, after: page.next, wait: 0 });
      rows.push(...page.rows);
    }
    return { ...page, rows, dropped };
  }

  /** Yields rows as they arrive until `signal` aborts. Throws when rows were dropped. */
  async *follow(query: Omit<LedgerQuery, 'wait'> = {}, signal?: AbortSignal): AsyncGenerator<LedgerRow, void, void> {
    let after = query.after ?? 0;
    while (true) {
      const page = await this.#page({ ...query, after, wait: pollMs }, signal).catch((error: unknown) => {
        if (signal?.aborted) return undefined;
        throw error;
      });
      if (!page) return;
      if (page.dropped > 0) {
        throw new HarnessError(
          `The ledger no longer holds ${page.dropped} rows behind cursor ${after}. ` +
            'Read from a newer cursor: pass `after: await edge.cursor()` taken just before what the test does.',
        );
      }
      after = page.next;
      yield* page.rows;
      if (signal?.aborted) return;
    }
  }

  /**
   * The first row, past or future, that matches the query and the predicate.
   * @throws HarnessError when there is none within `deadline` milliseconds (default 10,000); it names the rows seen.
   */
  async until(
    predicate: (row: LedgerRow) => boolean,
    { deadline = 10_000, ...query }: Omit<LedgerQuery, 'wait'> & { deadline?: number } = {},
  ): Promise<LedgerRow> {
    const seen: LedgerRow[] = [];
    for await (const row of this.follow(query, AbortSignal.timeout(deadline))) {
      if (predicate(row)) return row;
      seen.push(row);
    }
    const last = seen.slice(-5).map(({ status, method, url, pod }) => `\n  ${status} ${method} ${url} ${pod}`);
    throw new HarnessError(
      `No row of the ledger was the awaited one within ${deadline} ms (${JSON.stringify(query)}). ` +
        `Rows seen: ${seen.length}${last.length > 0 ? `, the last of them:${last.join('')}` : '.'}`,
    );
  }

  #page({ after = 0, wait = 0, mismatch, ...filter }: LedgerQuery, signal?: AbortSignal): Promise<LedgerPage> {
    const query = new URLSearchParams({ after: `${after}`, wait: `${wait}` });
    if (mismatch) query.set('mismatch', '1');
    for (const [key, value] of Object.entries(filter)) if (value !== undefined) query.set(key, value);
    return this.#call('GET', `/ledger?${query}`, signal ? { signal } : {});
  }

  async #call<T>(method: string, path: string, options: { body?: unknown; signal?: AbortSignal } = {}): Promise<T> {
    const { body, signal } = options;
    const response = await fetch(this.#url + path, {
      method,
      headers: { authorization: `Bearer ${this.#token}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal ? { signal } : {}),
    }).catch((cause: Error) => {
      throw new HarnessError(
        `The edge's control plane at ${this.#url} does not answer (${reasonOf(cause)}). ` +
          'Its fleet may have ended: see `npm run fleet -- list`.',
        { cause },
      );
    });
    const text = await response.text();
    if (!response.ok)
      throw new HarnessError(`The edge refused ${method} ${path} with ${response.status}: ${sentence(text)}`);
    return (text ? JSON.parse(text) : undefined) as T;
  }
}

const reasonOf = (error: Error): string => (error.cause as NodeJS.ErrnoException | undefined)?.code ?? error.message;

function sentence(text: string): string {
  try {
    return (JSON.parse(text) as { message?: string }).message ?? text;
  } catch {
    return text;
  }
}
