import { BlockList } from 'node:net';
import type { V1IPBlock, V1LabelSelector, V1NetworkPolicyPeer, V1NetworkPolicyPort } from '@kubernetes/client-node';
import { apps, appNames } from '../../apps/environment/apps.ts';
import { ofKind, type Deployment, type NetworkPolicy } from '../manifests/objects.ts';
import type { Breach, Rule } from '../manifests/rule.ts';
import { appsIn } from './app-rules.ts';

type Labels = Readonly<Record<string, string>>;

/** A pod, as NetworkPolicies know it. Without a namespace it is in that of the policy. */
interface Peer {
  namespace?: string;
  labels: Labels;
}

/** Pods of one Deployment, with the namespace as its manifest has it. */
interface Pods {
  namespace: string | undefined;
  labels: Labels;
}

const name = 'app.kubernetes.io/name';
const anApp: Labels = { [name]: 'portal', 'app.kubernetes.io/part-of': 'dezky' };
const traefik: Labels = { [name]: 'traefik' };
const redis: Labels = { [name]: 'dezky-data' };

/** Pods to try the policies with: those that need a port, and those that do not, however alike they are. */
const peers = {
  'the apps': { labels: anApp },
  Traefik: { namespace: 'kube-system', labels: traefik },
  Prometheus: { namespace: 'monitoring', labels: { [name]: 'prometheus' } },
  'every pod of the namespace': { labels: { [name]: 'stranger' } },
  'pods of other namespaces': { namespace: 'elsewhere', labels: { [name]: 'stranger' } },
  'pods of other namespaces that are labelled as apps': { namespace: 'elsewhere', labels: anApp },
  'pods of other namespaces that are labelled as Traefik': { namespace: 'elsewhere', labels: traefik },
  'every pod of kube-system': { namespace: 'kube-system', labels: { 'k8s-app': 'kube-dns' } },
} as const satisfies Record<string, Peer>;

/** Pods that may be let in: with all these labels, each with one of these values. Without a namespace as {@link Peer}. */
interface Known {
  namespace?: string;
  labels: Readonly<Record<string, readonly string[]>>;
}

const partOf = 'app.kubernetes.io/part-of';
const known = {
  'the apps': [{ labels: { [partOf]: ['dezky'] } }, { labels: { [name]: apps.map((app) => app.name) } }],
  Traefik: [{ namespace: 'kube-system', labels: { [name]: ['traefik'] } }],
  Prometheus: [{ namespace: 'monitoring', labels: {} }],
  'the pods of Redis': [{ labels: { [name]: ['dezky-data'] } }],
  /** fleet/e2e: the edge, and Traefik in its namespace. */
  'the harness': [{ labels: { [partOf]: ['fleet-e2e'] } }],
} as const satisfies Record<string, readonly Known[]>;

/** Who needs each port. METRICS_PORT of the apps is 9464. */
const ports: ReadonlyArray<{ of: string; port: number; for: ReadonlyArray<keyof typeof peers & keyof typeof known> }> =
  [
    { of: 'dezky-data', port: 6379, for: ['the apps'] },
    { of: 'platform-api', port: 3000, for: ['the apps', 'Traefik'] },
    ...appNames.map((of) => ({ of, port: 3000, for: ['Traefik'] as const })),
    ...apps.map(({ name: of }) => ({ of, port: 9464, for: ['Prometheus'] as const })),
  ];

/** The addresses of pods in k3s (`--cluster-cidr`), and the first and the last of them. */
const podNetwork = '10.42.0.0/16';
const podAddresses = ['10.42.0.0', '10.42.255.255'];

const contains = (cidr: string, address: string): boolean => {
  const list = new BlockList();
  const [net = '', prefix = ''] = cidr.split('/');
  list.addSubnet(net, Number(prefix), net.includes(':') ? 'ipv6' : 'ipv4');
  return list.check(address, address.includes(':') ? 'ipv6' : 'ipv4');
};
const hasEveryPod = (cidr: string): boolean => podAddresses.every((address) => contains(cidr, address));

/** Whether pods have addresses of a block. Of two networks that share an address, one contains the other. */
const hasPods = ({ cidr, except = [] }: V1IPBlock): boolean =>
  (hasEveryPod(cidr) || contains(podNetwork, cidr.split('/')[0]!)) && !except.some(hasEveryPod);

/** Whether labels fulfil an expression, by its operator. */
const fulfils: Readonly<Record<string, (value: string | undefined, values: readonly string[]) => boolean>> = {
  In: (value, values) => value !== undefined && values.includes(value),
  NotIn: (value, values) => value === undefined || !values.includes(value),
  Exists: (value) => value !== undefined,
  DoesNotExist: (value) => value === undefined,
};

/** Unlike that of a Service, an empty selector matches every pod. One with another operator closes nothing. */
const matches = ({ matchLabels = {}, matchExpressions = [] }: V1LabelSelector, labels: Labels): boolean =>
  Object.entries(matchLabels).every(([label, value]) => labels[label] === value) &&
  matchExpressions.every(({ key, operator, values = [] }) => fulfils[operator]?.(labels[key], values) ?? false);

/** Whether a policy closes these pods to connections, save those that it lets in. */
const selects = ({ metadata, spec }: NetworkPolicy, { namespace, labels }: Pods): boolean =>
  (spec.policyTypes ?? ['Ingress']).includes('Ingress') &&
  metadata.namespace === namespace &&
  matches(spec.podSelector, labels);

const admits = (
  { podSelector, namespaceSelector, ipBlock }: V1NetworkPolicyPeer,
  { namespace, labels }: Peer,
): boolean => {
  if (ipBlock) return hasPods(ipBlock);
  const isOfNamespace = namespaceSelector
    ? matches(namespaceSelector, namespace === undefined ? {} : { 'kubernetes.io/metadata.name': namespace })
    : namespace === undefined;
  return isOfNamespace && matches(podSelector ?? {}, labels);
};

/** Whether a selector demands one of these values of a label. */
const demands = (
  { matchLabels = {}, matchExpressions = [] }: V1LabelSelector,
  label: string,
  among: readonly string[],
): boolean =>
  Object.entries(matchLabels).some(([key, value]) => key === label && among.includes(value)) ||
  matchExpressions.some(
    ({ key, operator, values = [] }) =>
      key === label && operator === 'In' && values.every((value) => among.includes(value)),
  );

/** Whether a peer names these pods or fewer: what else it demands lets in less. */
const isOf = ({ podSelector = {}, namespaceSelector }: V1NetworkPolicyPeer, { namespace, labels }: Known): boolean =>
  (namespace === undefined
    ? !namespaceSelector
    : demands(namespaceSelector ?? {}, 'kubernetes.io/metadata.name', [namespace])) &&
  Object.entries(labels).every(([label, values]) => demands(podSelector, label, values));

const mayConnect = (peer: V1NetworkPolicyPeer, needed: ReadonlyArray<keyof typeof known>): boolean =>
  peer.ipBlock ? !hasPods(peer.ipBlock) : needed.some((each) => known[each].some((pods: Known) => isOf(peer, pods)));

/** Whether a rule with these ports is about this one. One with a name may be any. */
const covers = (list: readonly V1NetworkPolicyPort[] | undefined, wanted: number): boolean =>
  !list?.length ||
  list.some(({ port, endPort }) => typeof port !== 'number' || (port <= wanted && wanted <= (endPort ?? port)));

/** Every app and its Redis is selected by NetworkPolicies, and these let in who needs the port, and nobody else. */
export const closedPorts: Rule = {
  name: 'closed-ports',
  check: (objects) => {
    const policies = ofKind(objects, 'NetworkPolicy');
    const deployments = appsIn(objects).map(({ object }) => object);
    const podsOf = ({ metadata: { namespace }, spec }: Deployment): Pods => ({
      namespace,
      labels: spec.template.metadata.labels,
    });
    const redisOf = ({ metadata: { namespace } }: Deployment): Pods => ({ namespace, labels: redis });
    const all = new Map<string, Pods>([
      ...deployments.map((object) => ['dezky-data', redisOf(object)] as const),
      ...deployments.map((object) => [object.metadata.name, podsOf(object)] as const),
    ]);
    const open = policies.flatMap((object) =>
      (object.spec.ingress ?? []).flatMap(({ from = [], ports: list }, index): Breach[] => {
        const path = `spec.ingress[${index}].from`;
        if (from.length === 0)
          return [{ object, path, message: 'is not there, so everybody may connect: name who needs it' }];
        return from.flatMap((peer, at) => {
          const letsIn = ports.flatMap(({ of, port, for: needed }) => {
            const pods = all.get(of);
            if (!pods || !selects(object, pods) || !covers(list, port)) return [];
            const others = of === 'dezky-data' ? (['the pods of Redis'] as const) : [];
            if (mayConnect(peer, [...needed, ...others, 'the harness'])) return [];
            const who = Object.entries(peers)
              .filter(([title, one]) => !needed.some((each) => each === title) && admits(peer, one))
              .map(([title]) => title);
            // Pods that none of the examples is like.
            return [`${who.join(', ') || JSON.stringify(peer)} to port ${port} of ${of}`];
          });
          const message = `lets in ${letsIn.join(', and ')}: name who needs it`;
          return letsIn.length === 0 ? [] : [{ object, path: `${path}[${at}]`, message }];
        });
      }),
    );
    const keptOut = ports.flatMap(({ of, port, for: needed }) => {
      const pods = all.get(of);
      const its = pods ? policies.filter((policy) => selects(policy, pods)) : [];
      const rules = its.flatMap(({ spec }) => spec.ingress ?? []).filter(({ ports: list }) => covers(list, port));
      const who = needed.filter(
        (each) => !rules.some(({ from = [] }) => from.length === 0 || from.some((peer) => admits(peer, peers[each]))),
      );
      const [object] = its;
      return object && who.length > 0 ? [{ object, what: `${who.join(', ')} from port ${port} of ${of}` }] : [];
    });
    const shut = [...Map.groupBy(keptOut, ({ object }) => object)].map(([object, its]): Breach => ({
      object,
      path: 'spec.ingress',
      message: `keeps ${its.map(({ what }) => what).join(', and ')}: let in who needs it`,
    }));
    const isClosed = (pods: Pods): boolean => policies.some((policy) => selects(policy, pods));
    const uncovered = deployments.flatMap((object): Breach[] => {
      const path = 'spec.template.metadata.labels';
      const message = 'or those of its Redis are selected by no NetworkPolicy, so every pod may connect: add one';
      return isClosed(podsOf(object)) && isClosed(redisOf(object)) ? [] : [{ object, path, message }];
    });
    return [...open, ...shut, ...uncovered];
  },
};
