import { join } from 'node:path';
import { checkEnvironment } from '../environment/check-environment.ts';
import { appliedKinds, withoutAccess } from '../rules/deployer.ts';
import { isAppImage, shippedApps } from '../product/images.ts';
import { inNamespace } from '../manifests/in-namespace.ts';
import { idOf, versionLabel, type KubeObject } from '../manifests/objects.ts';
import { overlaid, render } from '../manifests/render.ts';
import { describedApps, manifestRules, releasedAs } from '../rules/rules.ts';
import { violationsOf } from '../manifests/rule.ts';
import type { Rule } from '../manifests/rule.ts';
import { containerImages } from '../rules/pinned-images.ts';
import { repositoryRoot } from '../root.ts';

export interface ReleasePlan {
  objects: KubeObject[];
  faults: string[];
}

/**
 * The manifests with every app pinned to a release: the tag of its images, and the version label that the apps report
 * as `x-revision`. It writes no files, so the checkout stays unchanged.
 * @param manifests folder of the kustomization.
 */
export const renderPinned = async (
  tag: string,
  manifests = join(repositoryRoot, 'fleet/apps'),
): Promise<KubeObject[]> =>
  overlaid(await render(manifests), {
    images: shippedApps.map(({ name }) => ({ name, newTag: tag })),
    labels: [{ pairs: { [versionLabel]: tag }, includeTemplates: true }],
  });

/**
 * The objects that a release applies: the pinned manifests without the deployer's own access.
 * @param namespace target namespace; undefined: the namespace of the manifests.
 * @param rules of today. What ran before was made by those of its time.
 */
export function planOf(
  pinned: readonly KubeObject[],
  tag: string,
  namespace?: string,
  rules: readonly Rule[] = [...manifestRules, describedApps],
): ReleasePlan {
  const released = withoutAccess(pinned);
  return {
    objects: namespace === undefined ? released : inNamespace(released, namespace),
    faults: [
      ...violationsOf(pinned, [...rules, releasedAs(tag)]).map(({ sentence }) => sentence),
      ...unknownImages(pinned),
      ...unknownKinds(released),
      // The deployer may not read Secrets; `npm run config -- check --secrets` checks them.
      ...checkEnvironment(released).findings.map(({ sentence }) => sentence),
    ],
  };
}

const unknownImages = (objects: readonly KubeObject[]): string[] =>
  objects.flatMap((object) =>
    containerImages(object)
      .filter(({ value }) => !(typeof value === 'string' && isAppImage(value)))
      .map(({ path, value }) => `${idOf(object)}: ${path} is ${String(value)}, no image that this repository builds.`),
  );

/** The deployer's Role does not grant them, so the release would fail halfway. */
const unknownKinds = (objects: readonly KubeObject[]): string[] =>
  objects
    .filter(({ kind }) => !appliedKinds.has(kind))
    .map(
      (object) =>
        `${idOf(object)}: the deployer may not apply a ${object.kind} (fleet/rules/deployer.ts and its Role).`,
    );

/** The namespace of the manifests, when there is exactly one. */
export const namespaceIn = (objects: readonly KubeObject[]): string | undefined => {
  const named = new Set(objects.map(({ metadata }) => metadata.namespace));
  return named.size === 1 ? [...named][0] : undefined;
};
