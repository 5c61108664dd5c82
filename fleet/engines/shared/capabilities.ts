import type { EngineName } from '../../run/state.ts';
import type { Capability } from './engine.ts';

const everywhere: readonly Capability[] = ['rollout', 'scale', 'store', 'variants', 'authentik-control'];

/** What each engine can do. A live fleet is only read. */
export const capabilitiesOf: Readonly<Record<EngineName, ReadonlySet<Capability>>> = {
  local: new Set([...everywhere, 'kill', 'services', 'endpoint-lag', 'builds']),
  k3s: new Set([...everywhere, 'kill', 'services', 'kubernetes', 'image-tags']),
  // Without `kill`: process 1 of a container gets SIGKILL only from outside its namespace, which the API does not
  // offer. Without `services`: the forwarder chooses the pod, not kube-proxy.
  cluster: new Set([...everywhere, 'kubernetes']),
  live: new Set(),
};
