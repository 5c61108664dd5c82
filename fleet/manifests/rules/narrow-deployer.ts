import { deployerName, deployNeeds } from '../deployer.ts';
import { idOf } from '../objects.ts';
import type { KubeObject, Role, RoleBinding } from '../objects.ts';
import type { Breach, Rule } from './rule.ts';

export const narrowDeployer: Rule = {
  name: 'narrow-deployer',
  description: `${deployerName} may do in its namespace what a deploy needs, and nothing else anywhere.`,
  check: (objects) => {
    const bindings = objects.filter((object) => isBinding(object) && bindsDeployer(object as unknown as RoleBinding));
    return bindings.flatMap((object) => {
      const { kind, roleRef } = object as unknown as RoleBinding;
      if (kind === 'ClusterRoleBinding') {
        return [
          { object, path: 'kind', message: `gives ${deployerName} rights in every namespace: use a RoleBinding` },
        ];
      }
      if (roleRef.kind !== 'Role') {
        const message = `gives ${deployerName} ${roleRef.kind} ${roleRef.name}, which others change: use a Role of its own`;
        return [{ object, path: 'roleRef', message }];
      }
      const role = objects.find((candidate) => idOf(candidate) === `Role ${roleRef.name}`);
      return role
        ? excessPermissions(role)
        : [{ object, path: 'roleRef', message: `names ${roleRef.name}, a Role that is not there` }];
    });
  },
};

const isBinding = ({ kind }: KubeObject): boolean => kind === 'RoleBinding' || kind === 'ClusterRoleBinding';

/** The deployer by its names, and the groups that it is in or that every ServiceAccount may be put in. */
const deployers = [
  new RegExp(`^(system:serviceaccount:[^:]+:)?${deployerName}$`),
  /^system:(serviceaccounts(:.+)?|authenticated|masters)$/,
];
const bindsDeployer = ({ subjects = [] }: RoleBinding): boolean =>
  subjects.some(({ name }) => deployers.some((pattern) => pattern.test(name)));

function excessPermissions(object: KubeObject): Breach[] {
  return (object as unknown as Role).rules.flatMap(({ apiGroups, resources, verbs }, index) =>
    apiGroups.flatMap((group) =>
      resources.flatMap((resource) => {
        const need = deployNeeds.find((candidate) => candidate.group === group && candidate.resource === resource);
        const tooMuch = verbs.filter((verb) => !need?.verbs.includes(verb));
        if (tooMuch.length === 0) return [];
        const what = `${resource}${group === '' ? '' : `.${group}`}`;
        const message = `grants ${tooMuch.join(', ')} on ${what}, which a deploy does not need: take it out`;
        return [{ object, path: `rules[${index}]`, message }];
      }),
    ),
  );
}
