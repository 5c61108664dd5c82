import type { EdgeClient } from '../../edge/client.ts';
import type { Endpoint, Route } from '../../edge/row.ts';

/**
 * Keeps the edge's routes and endpoints in sync with the engine. A (re)started edge gets everything; after that only
 * changes are sent.
 */
export class EdgeSync {
  readonly #client: EdgeClient;
  readonly #routes: readonly Route[];
  readonly #endpointsOf: (service: string) => readonly Endpoint[];
  /** The endpoints last sent to the edge, by service. */
  readonly #sent = new Map<string, string>();
  /** The start of the edge that has received the routes. */
  #routesPushedTo: string | undefined;
  #incarnation: string | undefined;
  #working: Promise<void> | undefined;
  #runAgain = false;

  constructor(client: EdgeClient, routes: readonly Route[], endpointsOf: (service: string) => readonly Endpoint[]) {
    this.#client = client;
    this.#routes = routes;
    this.#endpointsOf = endpointsOf;
  }

  /** @param incarnation identifies this start of the edge's process; undefined while it is not ready. */
  sync(incarnation: string | undefined): Promise<void> {
    this.#incarnation = incarnation;
    this.#runAgain = true;
    this.#working ??= this.#work().finally(() => {
      this.#working = undefined;
    });
    return this.#working;
  }

  /** True when the edge is up to date. */
  get synced(): boolean {
    return this.#incarnation !== undefined && this.#routesPushedTo === this.#incarnation && this.#stale().length === 0;
  }

  async #work(): Promise<void> {
    while (this.#runAgain) {
      this.#runAgain = false;
      const incarnation = this.#incarnation;
      if (incarnation === undefined) continue;
      try {
        await this.#pushRoutes(incarnation);
        for (const service of this.#stale()) {
          const endpoints = this.#endpointsOf(service);
          await this.#client.putEndpoints(service, endpoints);
          this.#sent.set(service, JSON.stringify(endpoints));
        }
      } catch (error) {
        // When the edge went away, its next start gets everything. When it is the same start, it refused the request.
        if (this.#incarnation === incarnation) throw error;
      }
    }
  }

  async #pushRoutes(incarnation: string): Promise<void> {
    if (this.#routesPushedTo === incarnation) return;
    this.#sent.clear();
    await this.#client.putRoutes(this.#routes);
    this.#routesPushedTo = incarnation;
  }

  #stale(): string[] {
    const services = new Set(this.#routes.map(({ service }) => service));
    return [...services].filter((service) => this.#sent.get(service) !== JSON.stringify(this.#endpointsOf(service)));
  }
}
