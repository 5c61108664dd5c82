import type { KubeObject } from '../objects.ts';
import type { Breach, Rule } from './rule.ts';

/** What Kubernetes reads of who a process is and what it may do; the container's own word comes before its pod's. */
interface SecurityContext {
  runAsNonRoot?: boolean;
  runAsUser?: number;
  privileged?: boolean;
  allowPrivilegeEscalation?: boolean;
  readOnlyRootFilesystem?: boolean;
  capabilities?: { add?: string[]; drop?: string[] };
  seccompProfile?: { type?: string };
}

interface Secured {
  securityContext?: SecurityContext;
}

type PodSpec = Secured & { containers?: Secured[]; initContainers?: Secured[] };

/** What must hold for a container, and what happens when it does not. */
const demanded: ReadonlyArray<{
  at: string;
  holds: (own: SecurityContext, pod: SecurityContext) => boolean;
  otherwise: string;
}> = [
  {
    at: 'runAsNonRoot',
    holds: (own, pod) => (own.runAsNonRoot ?? pod.runAsNonRoot) === true,
    otherwise: 'is not true, so it may run as root: set it, in the container or its pod',
  },
  {
    at: 'runAsUser',
    holds: (own, pod) => (own.runAsUser ?? pod.runAsUser) !== 0,
    otherwise: 'is 0, which is root: give another',
  },
  {
    at: 'privileged',
    holds: ({ privileged }) => privileged !== true,
    otherwise: 'is true, so it owns its node: take it out',
  },
  {
    at: 'allowPrivilegeEscalation',
    holds: ({ allowPrivilegeEscalation }) => allowPrivilegeEscalation === false,
    otherwise: 'is not false, so a program with setuid makes it root: set it',
  },
  {
    at: 'readOnlyRootFilesystem',
    holds: ({ readOnlyRootFilesystem }) => readOnlyRootFilesystem === true,
    otherwise: 'is not true, so who breaks in can change what it runs: set it',
  },
  {
    at: 'capabilities',
    holds: ({ capabilities: { add = [], drop = [] } = {} }) => drop.includes('ALL') && add.length === 0,
    otherwise: 'are not taken away, so it may do more than its user: drop [ALL], and add none',
  },
  {
    at: 'seccompProfile',
    holds: (own, pod) => (own.seccompProfile ?? pod.seccompProfile)?.type === 'RuntimeDefault',
    otherwise: 'is not RuntimeDefault, so it may make any system call: set its type, in the container or its pod',
  },
];

export const hardenedPods: Rule = {
  name: 'hardened-pods',
  demands:
    'Every container is another user than root, can become no more than it is, and changes nothing of its own files.',
  check: (objects) =>
    objects.flatMap((object): Breach[] => {
      if (object.kind !== 'Deployment') return [];
      const { spec } = (object as KubeObject & { spec: { template: { spec: PodSpec } } }).spec.template;
      return (['initContainers', 'containers'] as const).flatMap((list) =>
        (spec[list] ?? []).flatMap(({ securityContext: own = {} }, index) =>
          demanded
            .filter(({ holds }) => !holds(own, spec.securityContext ?? {}))
            .map(({ at, otherwise }) => {
              const path = `spec.template.spec.${list}[${index}].securityContext.${at}`;
              return { object, path, said: otherwise };
            }),
        ),
      );
    }),
};
