import type { EngineName } from '../../run/state.ts';

export const meaningOf = {
  rollout: 'Rolling updates of Deployments.',
  scale: 'Another number of pods.',
  kill: 'Signals to the processes of pods.',
  store: 'Reading and writing Redis.',
  variants: "Fleets that differ from the run's, for the specs of one file.",
  'authentik-control': 'Control of the mock: faults, clock, keys, people.',
  'logout-calls': 'Calls of Authentik to the apps when it ends a session: the mock, or a server that has a worker.',
  kubernetes:
    'Features of Kubernetes with Traefik only: volumes, session affinity, router priorities, additional objects.',
  'network-policies': 'NetworkPolicies are enforced.',
  services: 'Connections to a Service are balanced by the same component as those of the apps.',
  'network-faults': 'Faults of the connections to a Service: latency, resets, lost packets, a failover.',
  'image-digests': 'Images on the nodes by their digests.',
  'endpoint-lag': 'Proxies learn of the end of a pod a second late, as on a large cluster.',
  builds: 'Rollouts of an app built from other sources.',
  'sample-apps': 'Fleets of other apps than those of the product.',
  'authentik-server': 'A real Authentik in place of the mock.',
} as const;

/**
 * Ability of an engine beyond serving traffic. A spec declares the ones it needs, and is skipped by name on an engine
 * without them.
 */
export type Capability = keyof typeof meaningOf;

const everywhere: readonly Capability[] = [
  'rollout',
  'scale',
  'store',
  'variants',
  'authentik-control',
  'logout-calls',
];

/** The capabilities of each engine. A live fleet is only read. */
export const capabilitiesOf: Readonly<Record<EngineName, ReadonlySet<Capability>>> = {
  local: new Set([
    ...everywhere,
    'kill',
    'services',
    'network-faults',
    'endpoint-lag',
    'builds',
    'authentik-server',
    'sample-apps',
  ]),
  k3s: new Set([...everywhere, 'kill', 'services', 'kubernetes', 'image-digests']),
  // Without `kill`: process 1 of a container gets SIGKILL only from outside its namespace, which the API does not
  // offer. Without `services`: the forwarder chooses the pod, not kube-proxy. The network of an existing cluster must
  // enforce NetworkPolicies; that of k3s does only with modules that the kernel of a test machine may lack.
  cluster: new Set([...everywhere, 'kubernetes', 'network-policies']),
  live: new Set(),
};
