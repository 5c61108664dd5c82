import { HarnessError } from '../../fleet/errors.ts';
import type { EdgeClient } from '../../fleet/edge/client.ts';
import type { Fleet } from '../../fleet/engines/shared/engine.ts';
import type { AuthentikControl } from '../../fixtures/authentik/control/client.ts';
import type { SessionStore } from '../fixtures/session-store.ts';

/** The Deployments that belong to the harness and not to the product. */
const parts: Readonly<Record<string, string>> = {
  edge: 'the edge',
  authentik: 'the mock Authentik',
  'dezky-data': 'Redis',
};

export interface PartsOptions {
  fleet: Pick<Fleet, 'pods'>;
  edge: Pick<EdgeClient, 'cursor'>;
  authentik: Pick<AuthentikControl, 'requests'>;
  store: Pick<SessionStore, 'keys'>;
}

/** The parts of a fleet that must run for a result to say anything about the product. */
export class Parts {
  readonly #options: PartsOptions;
  /** How often each pod may have been restarted. */
  #restarts: ReadonlyMap<string, number> = new Map();

  constructor(options: PartsOptions) {
    this.#options = options;
  }

  /** Accepts all restarts so far. */
  async begin(): Promise<void> {
    this.#restarts = new Map((await this.#options.fleet.pods()).map(({ name, restarts }) => [name, restarts]));
  }

  /** Accepts one more restart of a pod, which a step is about to cause. */
  expectRestart(pod: string): void {
    this.#restarts = new Map(this.#restarts).set(pod, (this.#restarts.get(pod) ?? 0) + 1);
  }

  /**
   * Resolves when every part responds and none was restarted by anything but a step. @throws HarnessError or MockError
   * with the name of the part
   */
  async check(): Promise<void> {
    const { fleet, edge, authentik, store } = this.#options;
    // The supervisor first: the other parts end with it.
    await fleet.pods();
    await edge.cursor();
    await authentik.requests({ after: Number.MAX_SAFE_INTEGER });
    await store.keys().catch((cause: Error) => {
      throw new HarnessError(
        `Redis does not answer (${cause.message}), so no result says anything about the product. See: npm run fleet -- logs`,
        { cause },
      );
    });
    // Queried after the others: a part that responds again has been counted as restarted.
    for (const { name, deployment, restarts, lastExit } of await fleet.pods()) {
      const part = parts[deployment];
      if (part === undefined || restarts <= (this.#restarts.get(name) ?? 0)) continue;
      throw new HarnessError(
        `Something outside this search restarted ${part} (${name}, last end: ${lastExit ?? 'unknown'}), ` +
          'so no result says anything about the product. Let nothing else end processes of the fleet, and run it again.',
      );
    }
  }
}
