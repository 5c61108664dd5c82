import { ofKind } from '../objects.ts';
import type { SecurityContext } from '../objects.ts';
import { appsIn } from './rule.ts';
import type { Breach, Rule } from './rule.ts';

/** Requirements on a container, and the consequence of each violation. */
const required: ReadonlyArray<{
  at: string;
  holds: (own: SecurityContext, pod: SecurityContext) => boolean;
  message: string;
}> = [
  {
    at: 'runAsNonRoot',
    holds: (own, pod) => (own.runAsNonRoot ?? pod.runAsNonRoot) === true,
    message: 'is not true, so it may run as root: set it, in the container or its pod',
  },
  {
    at: 'runAsUser',
    holds: (own, pod) => (own.runAsUser ?? pod.runAsUser) !== 0,
    message: 'is 0, which is root: give another',
  },
  {
    at: 'privileged',
    holds: ({ privileged }) => privileged !== true,
    message: 'is true, so it owns its node: take it out',
  },
  {
    at: 'allowPrivilegeEscalation',
    holds: ({ allowPrivilegeEscalation }) => allowPrivilegeEscalation === false,
    message: 'is not false, so a program with setuid makes it root: set it',
  },
  {
    at: 'readOnlyRootFilesystem',
    holds: ({ readOnlyRootFilesystem }) => readOnlyRootFilesystem === true,
    message: 'is not true, so who breaks in can change what it runs: set it',
  },
  {
    at: 'capabilities',
    holds: ({ capabilities: { add = [], drop = [] } = {} }) => drop.includes('ALL') && add.length === 0,
    message: 'are not taken away, so it may do more than its user: drop [ALL], and add none',
  },
  {
    at: 'seccompProfile',
    holds: (own, pod) => (own.seccompProfile ?? pod.seccompProfile)?.type === 'RuntimeDefault',
    message: 'is not RuntimeDefault, so it may make any system call: set its type, in the container or its pod',
  },
];

/** No container runs as root, can gain privileges, or can change its own files. No app can use the API of Kubernetes. */
export const hardenedPods: Rule = {
  name: 'hardened-pods',
  check: (objects) => [
    ...appsIn(objects)
      .filter(({ object }) => object.spec.template.spec.automountServiceAccountToken !== false)
      .map(({ object }) => ({
        object,
        path: 'spec.template.spec.automountServiceAccountToken',
        message: 'is not false, so who breaks in has a token for the API of Kubernetes: set it',
      })),
    ...ofKind(objects, 'Deployment').flatMap((object): Breach[] => {
      const { spec } = object.spec.template;
      return (['initContainers', 'containers'] as const).flatMap((list) =>
        (spec[list] ?? []).flatMap(({ securityContext: own = {} }, index) =>
          required
            .filter(({ holds }) => !holds(own, spec.securityContext ?? {}))
            .map(({ at, message }) => {
              const path = `spec.template.spec.${list}[${index}].securityContext.${at}`;
              return { object, path, message: message };
            }),
        ),
      );
    }),
  ],
};
