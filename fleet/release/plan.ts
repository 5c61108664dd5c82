import { checkEnvironment } from '../environment/check-environment.ts';
import { appliedKinds, withoutAccess } from '../manifests/deployer.ts';
import { inNamespace } from '../manifests/in-namespace.ts';
import { idOf } from '../manifests/objects.ts';
import type { KubeObject } from '../manifests/objects.ts';
import { describedApps, manifestRules, releasedAs, violationsOf } from '../manifests/rules.ts';
import { isApp } from '../manifests/rules/apps.ts';
import { containerImages } from '../manifests/rules/pinned-images.ts';

export interface Plan {
  /** What is applied, in its namespace. */
  objects: KubeObject[];
  /** Why it must not be applied, each a sentence. */
  faults: string[];
}

/**
 * What a release applies: the pinned manifests without the deployer's own access.
 * @param namespace where to; undefined: where the manifests say.
 */
export function planOf(pinned: readonly KubeObject[], tag: string, namespace?: string): Plan {
  const released = withoutAccess(pinned);
  return {
    objects: namespace === undefined ? released : inNamespace(released, namespace),
    faults: [
      ...violationsOf(pinned, [...manifestRules, describedApps, releasedAs(tag)]).map(({ sentence }) => sentence),
      ...unknownImages(pinned),
      ...unknownKinds(released),
      // Secrets are not read by who deploys; `npm run config -- check --secrets` does that.
      ...checkEnvironment(released).findings.map(({ sentence }) => sentence),
    ],
  };
}

const unknownImages = (objects: readonly KubeObject[]): string[] =>
  objects.flatMap((object) =>
    containerImages(object)
      .filter(({ value }) => !(typeof value === 'string' && isApp(value)))
      .map(({ path, value }) => `${idOf(object)}: ${path} is ${String(value)}, no image that this repository builds.`),
  );

/** The deployer's Role has no word on them, so the release would end half-way. */
const unknownKinds = (objects: readonly KubeObject[]): string[] =>
  objects
    .filter(({ kind }) => !appliedKinds.has(kind))
    .map(
      (object) =>
        `${idOf(object)}: who deploys may apply no ${object.kind} (fleet/manifests/deployer.ts and its Role).`,
    );

/** The namespace that manifests name, when it is one. */
export const namespaceIn = (objects: readonly KubeObject[]): string | undefined => {
  const named = new Set(objects.map(({ metadata }) => metadata.namespace));
  return named.size === 1 ? [...named][0] : undefined;
};
