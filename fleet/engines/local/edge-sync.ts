import type { EdgeClient } from '../../edge/client.ts';
import type { Endpoint, Route } from '../../edge/row.ts';

/**
 * Keeps the edge's routes and endpoints at what the engine knows. An edge that (re)started knows nothing, so it is
 * told everything; after that only what changed.
 */
export class EdgeSync {
  readonly #client: EdgeClient;
  readonly #routes: readonly Route[];
  readonly #endpointsOf: (service: string) => readonly Endpoint[];
  /** What the edge was told last, by service. */
  readonly #sent = new Map<string, string>();
  /** Which start of the edge was told the routes. */
  #routesPushedTo: string | undefined;
  #incarnation: string | undefined;
  #working: Promise<void> | undefined;
  #runAgain = false;

  constructor(client: EdgeClient, routes: readonly Route[], endpointsOf: (service: string) => readonly Endpoint[]) {
    this.#client = client;
    this.#routes = routes;
    this.#endpointsOf = endpointsOf;
  }

  /** @param incarnation names this start of the edge's process; undefined while it is not ready. */
  sync(incarnation: string | undefined): Promise<void> {
    this.#incarnation = incarnation;
    this.#runAgain = true;
    this.#working ??= this.#work().finally(() => {
      this.#working = undefined;
    });
    return this.#working;
  }

  /** True when the edge knows everything. */
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
        // It went away under way. Its next start is told everything; one that is still the same has refused.
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
