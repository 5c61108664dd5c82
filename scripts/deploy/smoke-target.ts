import { appNames, forEachApp, urlVariable } from '../../apps/environment/apps.ts';
import { budgetWith, type Role, type SmokeTarget } from '../../e2e/smoke/target.ts';
import { HarnessError } from '../../fleet/errors.ts';
import { ofKind } from '../../fleet/manifests/objects.ts';
import type { KubeObject } from '../../fleet/manifests/objects.ts';
import { accessBy, type ConnectionOptions } from '../command/live-options.ts';

/** Milliseconds that the pods may take to come to the released revision. */
const wait = 30_000;

/** The smoke target of a release: the hosts of the apps in its own manifests, on every pod. */
export function smokeTargetOf(objects: readonly KubeObject[], sha: string, connection: ConnectionOptions): SmokeTarget {
  const given = Object.assign({}, ...ofKind(objects, 'ConfigMap').map(({ data }) => data)) as Partial<
    Record<string, string>
  >;
  const urlOf = (role: Role): string => {
    const variable = urlVariable(role);
    const url = given[variable];
    if (url) return url;
    throw new HarnessError(`No ConfigMap of the release has ${variable}, so it cannot be smoke-tested. Set it.`);
  };
  const replicas = ofKind(objects, 'Deployment')
    .filter(({ metadata }) => (appNames as readonly string[]).includes(metadata.name))
    .map(({ spec }) => spec.replicas ?? 1);
  return {
    urls: { ...forEachApp(({ name }) => urlOf(name)), auth: urlOf('auth') },
    sha,
    pods: Math.min(...replicas),
    wait,
    budget: budgetWith(wait),
    authorize: false,
    ...accessBy(connection),
  };
}
