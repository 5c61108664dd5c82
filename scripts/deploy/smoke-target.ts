import { appNames } from '../../apps/environment/apps.ts';
import { budgetWith, type SmokeTarget } from '../../e2e/smoke/target.ts';
import { ofKind } from '../../fleet/manifests/objects.ts';
import type { KubeObject } from '../../fleet/manifests/objects.ts';
import { accessBy, urlsIn, type ConnectionOptions } from '../command/live-options.ts';

/** Milliseconds that the pods may take to come to the released revision. */
const wait = 30_000;

/** The smoke target of a release: the hosts of the apps in its own manifests, on every pod. */
export function smokeTargetOf(objects: readonly KubeObject[], sha: string, connection: ConnectionOptions): SmokeTarget {
  const replicas = ofKind(objects, 'Deployment')
    .filter(({ metadata }) => (appNames as readonly string[]).includes(metadata.name))
    .map(({ spec }) => spec.replicas ?? 1);
  return {
    urls: urlsIn(objects),
    sha,
    pods: Math.min(...replicas),
    wait,
    budget: budgetWith(wait),
    authorize: false,
    ...accessBy(connection),
  };
}
