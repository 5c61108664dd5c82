import { HarnessError } from '../errors.ts';
import { reasonOf, type KubernetesApi } from '../kubernetes/api.ts';
import { deploymentOf, deploymentStatusOf } from '../kubernetes/pods.ts';
import { shippedApps } from '../manifests/images.ts';
import { versionLabel } from '../manifests/objects.ts';

/** What is deployed of an app. */
export interface LiveApp {
  name: string;
  image: string;
  /** What its pods report as `x-revision`. */
  revision: string;
  /** `2/2`. */
  ready: string;
  /** When its last rollout completed; how it goes on while it has not. */
  since: string;
  /** Every replica is ready on the newest template, and no old pod is left. */
  isComplete: boolean;
}

/** @throws HarnessError when the cluster does not tell. */
export async function liveApps(api: KubernetesApi, namespace: string): Promise<LiveApp[]> {
  const [{ items: deployments }, { items: pods }] = await Promise.all([
    api.apps.listNamespacedDeployment({ namespace }),
    api.core.listNamespacedPod({ namespace }),
  ]).catch((cause: unknown) => {
    throw new HarnessError(`The cluster does not tell: ${reasonOf(cause)}. Look at: kubectl auth whoami`, { cause });
  });
  return shippedApps.map(({ app: name }) => {
    const deployment = deployments.find(({ metadata }) => metadata?.name === name);
    if (!deployment) return { name, image: '', revision: 'not deployed', ready: '0/0', since: '', isComplete: false };
    const { ready, replicas, complete } = deploymentStatusOf(
      deployment,
      pods.filter((pod) => deploymentOf(pod) === name),
    );
    const progressing = deployment.status?.conditions?.find(({ type }) => type === 'Progressing');
    return {
      name,
      image: deployment.spec?.template.spec?.containers[0]?.image ?? '',
      revision: deployment.spec?.template.metadata?.labels?.[versionLabel] ?? 'no version',
      ready: `${ready}/${replicas}`,
      since: complete
        ? new Date(progressing?.lastUpdateTime ?? 0).toISOString()
        : (progressing?.reason ?? 'not complete'),
      isComplete: complete,
    };
  });
}
