import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { Backend } from './backends.ts';
import type { Route } from './row.ts';

export interface IngressOptions {
  host: string;
  /** Port of each entry point. */
  ports: Readonly<Record<Route['entryPoint'], number>>;
  /** PEM of the authority that issued the ingress's certificates. */
  ca: string;
}

/**
 * A cluster's own ingress (Traefik), which chooses the pod of every request that is not pinned. The edge does not know
 * that pod, so its rows have an empty `pod`; `x-served-by` of the response names the pod.
 */
export class Ingress {
  readonly #backends: Readonly<Record<Route['entryPoint'], Backend>>;

  constructor({ host, ports, ca }: IngressOptions) {
    const endpoint = (port: number) => ({ pod: '', host, port });
    this.#backends = {
      web: { endpoint: endpoint(ports.web), agent: new HttpAgent({ keepAlive: true, maxFreeSockets: 1_024 }) },
      websecure: {
        endpoint: endpoint(ports.websecure),
        agent: new HttpsAgent({ keepAlive: true, maxFreeSockets: 1_024, ca }),
        tls: { ca },
      },
    };
  }

  backend(entryPoint: Route['entryPoint']): Backend {
    return this.#backends[entryPoint];
  }

  close(): void {
    for (const { agent } of Object.values(this.#backends)) agent.destroy();
  }
}
