import { isKind, type KubeObject } from '../manifests/objects.ts';
import { neverAlone } from './availability.ts';
import { closedPorts } from './closed-ports.ts';
import { hardenedPods } from './pods.ts';
import { httpsRules } from './https.ts';
import { gracefulEnd, probeValues } from './lifecycle.ts';
import { narrowDeployer } from './narrow-deployer.ts';
import { oneRelease, pinnedImages } from './pinned-images.ts';
import type { Rule } from '../manifests/rule.ts';
import { balancedRequests } from '../manifests/balanced-requests.ts';
import { lastingSelectors, ownPods } from './services.ts';
import { valueRules } from './values.ts';
import { apps } from '../../apps/environment/apps.ts';

export { releasedAs } from './pinned-images.ts';

/** The rules that rendered manifests must satisfy before a deploy. */
export const manifestRules: readonly Rule[] = [
  pinnedImages,
  oneRelease,
  ...httpsRules,
  narrowDeployer,
  gracefulEnd,
  ...valueRules,
  probeValues,
  neverAlone,
  balancedRequests,
  ownPods,
  lastingSelectors,
  hardenedPods,
  closedPorts,
];

/** Objects that every app needs, each under its own name. */
const kinds = { Deployment: 'apps/v1', Service: 'v1', Ingress: 'networking.k8s.io/v1' } as const;

const servesByTls = (service: string, object: KubeObject): boolean =>
  isKind(object, 'Ingress') &&
  object.spec.tls !== undefined &&
  object.spec.rules.some(({ http }) => http.paths.some(({ backend }) => backend.service.name === service));

/**
 * Every app of apps/environment/apps.ts has a Deployment, a Service and an Ingress with TLS. This is not a rule for
 * arbitrary manifests, because it needs the complete release.
 */
export const describedApps: Rule = {
  name: 'described-apps',
  check: (objects) =>
    apps.flatMap(({ name }) =>
      Object.entries(kinds).flatMap(([kind, apiVersion]) => {
        const isThere = objects.some((object) =>
          kind === 'Ingress' ? servesByTls(name, object) : object.kind === kind && object.metadata.name === name,
        );
        if (isThere) return [];
        const message = `is in no manifest, although apps/environment/apps.ts has the app: write fleet/apps/${name}.yaml and list it in fleet/apps/kustomization.yaml`;
        return [{ object: { apiVersion, kind, metadata: { name } }, path: 'metadata.name', message }];
      }),
    ),
};
