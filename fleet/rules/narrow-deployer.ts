import { deployerName, deployNeeds } from './deployer.ts';
import { named, ofKind, type Role, type RoleBinding } from '../manifests/objects.ts';
import type { Breach, Rule } from '../manifests/rule.ts';

/** The deployer has exactly the permissions of a deploy in its namespace, and none elsewhere. */
export const narrowDeployer: Rule = {
  name: 'narrow-deployer',
  check: (objects) => {
    const bindings = [...ofKind(objects, 'RoleBinding'), ...ofKind(objects, 'ClusterRoleBinding')];
    return bindings.filter(bindsDeployer).flatMap((object): Breach[] => {
      const { kind, roleRef } = object;
      if (kind === 'ClusterRoleBinding') {
        return [
          { object, path: 'kind', message: `gives ${deployerName} rights in every namespace: use a RoleBinding` },
        ];
      }
      if (roleRef.kind !== 'Role') {
        const message = `gives ${deployerName} ${roleRef.kind} ${roleRef.name}, which others change: use a Role of its own`;
        return [{ object, path: 'roleRef', message }];
      }
      const role = named(objects, 'Role', roleRef.name);
      return role
        ? excessPermissions(role)
        : [{ object, path: 'roleRef', message: `names ${roleRef.name}, a Role that is not there` }];
    });
  },
};

/** The deployer's names, and the groups that it or every ServiceAccount belongs to. */
const deployers = [
  new RegExp(`^(system:serviceaccount:[^:]+:)?${deployerName}$`),
  /^system:(serviceaccounts(:.+)?|authenticated|masters)$/,
];
const bindsDeployer = ({ subjects = [] }: RoleBinding): boolean =>
  subjects.some(({ name }) => deployers.some((pattern) => pattern.test(name)));

function excessPermissions(object: Role): Breach[] {
  return object.rules.flatMap(({ apiGroups, resources, resourceNames: names, verbs }, index) =>
    apiGroups.flatMap((group) =>
      resources.flatMap((resource) => {
        const needs = deployNeeds.filter((each) => each.group === group && each.resource === resource);
        const isNeeded = (verb: string): boolean =>
          needs.some(
            (need) => need.verbs.includes(verb) && (!need.names || names?.every((name) => need.names?.includes(name))),
          );
        const tooMuch = verbs.filter((verb) => !isNeeded(verb));
        if (tooMuch.length === 0) return [];
        const what = `${resource}${group === '' ? '' : `.${group}`}${names ? ` ${names.join(', ')}` : ''}`;
        const message = `grants ${tooMuch.join(', ')} on ${what}, which a deploy does not need: take it out`;
        return [{ object, path: `rules[${index}]`, message }];
      }),
    ),
  );
}
