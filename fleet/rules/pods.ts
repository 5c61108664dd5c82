import { ofKind } from '../manifests/objects.ts';
import type { Rule } from '../manifests/rule.ts';
import { appsIn, unmet, type Requirements } from './app-rules.ts';

/** Of the security context of a container. */
const ofContext: Requirements = {
  runAsNonRoot: [(is) => is === true, 'so it may run as root: set it to true, in the container or its pod'],
  runAsUser: [(user) => user !== 0, 'which is root: give another'],
  privileged: [(is) => is !== true, 'so it owns its node: take it out'],
  allowPrivilegeEscalation: [(is) => is === false, 'so a program with setuid makes it root: set it to false'],
  readOnlyRootFilesystem: [(is) => is === true, 'so who breaks in can change what it runs: set it to true'],
  'capabilities.drop': [
    (drop) => Array.isArray(drop) && drop.includes('ALL'),
    'so it may do more than its user: drop [ALL]',
  ],
  'capabilities.add': [
    (add) => add === undefined || (Array.isArray(add) && add.length === 0),
    'so it may do more than its user: add none',
  ],
  'seccompProfile.type': [
    (type) => type === 'RuntimeDefault',
    'so it may make any system call: set it to RuntimeDefault, in the container or its pod',
  ],
};

const ofApp: Requirements = {
  'spec.template.spec.automountServiceAccountToken': [
    (mounted) => mounted === false,
    'so who breaks in has a token for the API of Kubernetes: set it to false',
  ],
};

/** No container runs as root, can gain privileges, or can change its own files. No app can use the API of Kubernetes. */
export const hardenedPods: Rule = {
  name: 'hardened-pods',
  check: (objects) => [
    ...appsIn(objects).flatMap(({ object }) => unmet(object, ofApp)),
    ...ofKind(objects, 'Deployment').flatMap((object) => {
      const { spec } = object.spec.template;
      // The fields that a container inherits; the others are of containers alone.
      const { runAsNonRoot, runAsUser, seccompProfile } = spec.securityContext ?? {};
      return (['initContainers', 'containers'] as const).flatMap((list) =>
        (spec[list] ?? []).flatMap(({ securityContext }, index) =>
          unmet(object, ofContext, {
            value: { runAsNonRoot, runAsUser, seccompProfile, ...securityContext },
            path: `spec.template.spec.${list}[${index}].securityContext`,
          }),
        ),
      );
    }),
  ],
};
