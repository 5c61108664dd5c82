import { join } from 'node:path';
import { shippedApps } from '../manifests/images.ts';
import { versionLabel } from '../manifests/objects.ts';
import type { KubeObject } from '../manifests/objects.ts';
import { overlaid, render } from '../manifests/render.ts';
import { repositoryRoot } from '../root.ts';

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
