import { readFileSync } from 'node:fs';
import { ProxyAgent } from 'undici';
import type { ControlAccess } from '../control-token.ts';
import { HarnessError } from '../errors.ts';
import type { LedgerRow, Pin, Routing } from './row.ts';

interface LedgerQuery {
  after?: number;
  client?: string;
}

/** Reaches the hosts of a fleet through its edge, and trusts its certificates. */
export const agentThrough = ({ proxyUrl, caFile }: { proxyUrl: string; caFile: string }): ProxyAgent =>
  new ProxyAgent({ uri: proxyUrl, requestTls: { ca: readFileSync(caFile) } });

/** The edge's control plane, typed. Every method throws a HarnessError when the edge is gone or refuses. */
export class EdgeClient {
  readonly #url: string;
  readonly #token: string;

  constructor({ controlUrl, controlToken }: ControlAccess) {
    this.#url = controlUrl.replace(/\/$/, '');
    this.#token = controlToken;
  }

  /** Replaces every route, and the endpoints of these Services. */
  async putRouting(routing: Routing): Promise<void> {
    await this.#call('PUT', '/routing', routing);
  }

  /** Replaces a client's pins. An empty list lets the balancer choose. */
  async pin(client: string, pins: readonly Pin[]): Promise<void> {
    await this.#call('PUT', `/pins/${encodeURIComponent(client)}`, pins);
  }

  /** Frees the port at which clients reach the hosts directly. */
  async stopIntercepting(): Promise<void> {
    await this.#call('DELETE', '/intercept');
  }

  /** The cursor after the newest row: pass it as `after` to read only later rows. */
  async cursor(): Promise<number> {
    return (await this.#call<{ cursor: number }>('GET', '/health')).cursor;
  }

  /** Every matching row that the edge still holds, in the order in which the responses ended. */
  ledger({ after = 0, ...filter }: LedgerQuery = {}): Promise<LedgerRow[]> {
    return this.#call('GET', `/ledger?${new URLSearchParams({ after: `${after}`, ...filter })}`);
  }

  async #call<T>(method: string, path: string, body?: unknown): Promise<T> {
    const response = await fetch(this.#url + path, {
      method,
      headers: { authorization: `Bearer ${this.#token}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    }).catch((cause: Error) => {
      throw new HarnessError(
        `The edge's control plane at ${this.#url} does not answer (${reasonOf(cause)}). ` +
          'Its fleet may have ended: see `npm run fleet -- list`.',
        { cause },
      );
    });
    const text = await response.text();
    if (!response.ok)
      throw new HarnessError(`The edge refused ${method} ${path} with ${response.status}: ${messageIn(text)}`);
    return JSON.parse(text) as T;
  }
}

const reasonOf = (error: Error): string => (error.cause as NodeJS.ErrnoException | undefined)?.code ?? error.message;

/** The `message` of an error response in JSON (h3's `createError`), otherwise its whole text. */
export function messageIn(text: string): string {
  try {
    return String((JSON.parse(text) as { message?: unknown }).message ?? text);
  } catch {
    return text;
  }
}
