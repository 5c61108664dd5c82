import type { Endpoint } from '../../edge/row.ts';
import { selects, type Service } from '../../manifests/objects.ts';
import type { LocalPod } from './pod.ts';
import { host } from './ports.ts';

type ServicePort = Service['spec']['ports'][number];

/**
 * Milliseconds from Ready to the first request. Shorter than the removal delay, because adding an endpoint early breaks
 * nothing.
 */
const addDelayMs = 20;

/**
 * The pods that the proxies send to. In a cluster it takes time until a pod's change reaches every proxy (kubelet,
 * endpoint controller, proxy), and rollout faults happen in that time. So a pod's entry follows its state with a delay.
 */
export class Endpoints {
  readonly #removeDelayMs: number;
  readonly #changed: () => void;
  readonly #listed = new Set<LocalPod>();
  readonly #pending = new Map<LocalPod, { listed: boolean; timer: NodeJS.Timeout }>();

  /** @param removeDelayMs from the loss of readiness, or from deletion, to the last request. */
  constructor(removeDelayMs: number, changed: () => void) {
    this.#removeDelayMs = removeDelayMs;
    this.#changed = changed;
  }

  observe(pods: readonly LocalPod[]): void {
    for (const pod of new Set([...pods, ...this.#listed])) this.#observePod(pod);
  }

  #observePod(pod: LocalPod): void {
    const wanted = pod.ready && !pod.terminating;
    const pending = this.#pending.get(pod);
    if (pending?.listed === wanted) return;
    if (pending) {
      clearTimeout(pending.timer);
      this.#pending.delete(pod);
    }
    if (this.#listed.has(pod) === wanted) return;
    const timer = setTimeout(() => this.#list(pod, wanted), wanted ? addDelayMs : this.#removeDelayMs);
    this.#pending.set(pod, { listed: wanted, timer });
  }

  #list(pod: LocalPod, listed: boolean): void {
    this.#pending.delete(pod);
    if (listed) this.#listed.add(pod);
    else this.#listed.delete(pod);
    this.#changed();
  }

  /** True when no entry of the Deployment's pods lags behind its state. */
  settledFor(deployment: string): boolean {
    return ![...this.#pending.keys()].some((pod) => pod.deployment === deployment);
  }

  isListed(pod: LocalPod): boolean {
    return this.#listed.has(pod);
  }

  /** The endpoints of one port of a Service, in the order in which the pods were created. */
  of(service: Service, declared: ServicePort): Endpoint[] {
    if (service.spec.type === 'ExternalName') return [outside(service, declared)];
    const target = declared.targetPort ?? declared.port;
    return [...this.#listed]
      .filter((pod) => selects(service.spec.selector, pod.template.metadata.labels))
      .toSorted((a, b) => a.createdAt - b.createdAt || a.name.localeCompare(b.name))
      .flatMap((pod) => {
        const local = pod.portOf(target);
        return local === undefined ? [] : [{ pod: pod.name, host, port: local }];
      });
  }

  stop(): void {
    for (const { timer } of this.#pending.values()) clearTimeout(timer);
    this.#pending.clear();
  }
}

/** The one endpoint of a Service for a host outside the cluster, which has no pod. */
const outside = ({ metadata, spec }: Service, { port, appProtocol }: ServicePort): Endpoint => ({
  pod: metadata.name,
  host: spec.externalName ?? '',
  port,
  outside: appProtocol === 'https' ? 'https' : 'http',
});
