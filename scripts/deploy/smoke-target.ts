import { defaultBudget, type Role, type Target } from '../../e2e/smoke/target.ts';
import { HarnessError } from '../../fleet/errors.ts';
import { ofKind } from '../../fleet/manifests/objects.ts';
import type { KubeObject } from '../../fleet/manifests/objects.ts';
import { accessBy, type ConnectionOptions } from '../smoke/connection-options.ts';

/** Where the manifests say that each is. */
const variables: Readonly<Record<Role, string>> = {
  operator: 'NUXT_PUBLIC_OPERATOR_URL',
  portal: 'NUXT_PUBLIC_PORTAL_URL',
  auth: 'NUXT_PUBLIC_AUTH_URL',
};

/** Answers in a row from the released revision, and how long it may take until then, milliseconds. */
const streak = 20;
const wait = 30_000;

/** The smoke target of a release: the hosts of the apps in its own manifests, on every pod. */
export function smokeTargetOf(objects: readonly KubeObject[], sha: string, connection: ConnectionOptions): Target {
  const given = Object.assign({}, ...ofKind(objects, 'ConfigMap').map(({ data }) => data)) as Partial<
    Record<string, string>
  >;
  const urlOf = (role: Role): string => {
    const url = given[variables[role]];
    if (url) return url;
    throw new HarnessError(`No ConfigMap of the release has ${variables[role]}, so it cannot be smoke-tested. Set it.`);
  };
  const replicas = ofKind(objects, 'Deployment')
    .filter(({ metadata }) => metadata.name === 'operator' || metadata.name === 'portal')
    .map(({ spec }) => spec.replicas ?? 1);
  return {
    urls: { operator: urlOf('operator'), portal: urlOf('portal'), auth: urlOf('auth') },
    sha,
    pods: Math.min(...replicas),
    streak,
    wait,
    budget: defaultBudget * 1_000,
    authorize: false,
    ...accessBy(connection),
  };
}
