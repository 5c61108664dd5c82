import type { EdgeClient } from '../../edge/client.ts';
import type { Routing } from '../../edge/row.ts';
import { oneAtATime } from './one-at-a-time.ts';

/** Keeps the edge's routes and endpoints in sync with the engine. Each start of the edge is sent them. */
export class EdgeSync {
  readonly #client: EdgeClient;
  readonly #routing: () => Routing;
  /** Identifies this start of the edge's process; undefined while it is not ready. */
  readonly #incarnation: () => string | undefined;
  #sent: string | undefined;

  constructor(client: EdgeClient, routing: () => Routing, incarnation: () => string | undefined) {
    this.#client = client;
    this.#routing = routing;
    this.#incarnation = incarnation;
  }

  /** True when the edge is up to date. */
  get synced(): boolean {
    return this.#incarnation() !== undefined && this.#sent === this.#wanted();
  }

  readonly sync = oneAtATime(async () => {
    const incarnation = this.#incarnation();
    const wanted = this.#wanted();
    if (incarnation === undefined || this.#sent === wanted) return;
    try {
      await this.#client.putRouting(this.#routing());
      this.#sent = wanted;
    } catch (error) {
      // When the edge went away, its next start gets everything. When it is the same start, it refused the request.
      if (this.#incarnation() === incarnation) throw error;
    }
  });

  #wanted(): string {
    return JSON.stringify([this.#incarnation(), this.#routing()]);
  }
}
