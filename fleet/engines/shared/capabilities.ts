import type { EngineName } from '../../run/state.ts';
import type { Capability } from './engine.ts';

const everywhere: readonly Capability[] = ['rollout', 'scale', 'logs', 'store', 'variants', 'authentik-control'];

/** What each engine can do. A live fleet is looked at and nothing else. */
export const capabilitiesOf: Readonly<Record<EngineName, ReadonlySet<Capability>>> = {
  local: new Set([...everywhere, 'kill', 'services', 'builds']),
  k3s: new Set([...everywhere, 'kill', 'services', 'kubernetes', 'image-tags']),
  // Without `kill`: process 1 of a container heeds SIGKILL only from outside, and the API offers no way there. Without
  // `services`: the forwarder chooses the pod, for the same reason.
  cluster: new Set([...everywhere, 'kubernetes']),
  live: new Set(),
};
