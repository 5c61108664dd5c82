import { spawnSync } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isMap, isSeq, parseDocument, type YAMLMap } from 'yaml';
import { HarnessError } from '../errors.ts';
import { findOnPath, shippedApps } from '../manifests/images.ts';
import { versionLabel } from '../manifests/objects.ts';
import type { KubeObject } from '../manifests/objects.ts';
import { render } from '../manifests/render.ts';
import { repositoryRoot } from '../root.ts';

const appImages = shippedApps.map(({ name }) => name);

export interface PinOptions {
  /** Folder of the kustomization. Default: `fleet/apps`. */
  manifests?: string;
  /** Path of `kustomize`; null writes what it would write. Default: the one on PATH, if there is one. */
  kustomize?: string | null | undefined;
}

/**
 * The manifests with every app pinned to a release: the tag of its images, and the version label that the apps report as
 * `x-revision`. Done on a copy, as `kustomize edit` does it, so that the checkout stays what it is.
 */
export async function renderPinned(
  tag: string,
  { manifests = join(repositoryRoot, 'fleet/apps'), kustomize = findOnPath('kustomize') }: PinOptions = {},
): Promise<KubeObject[]> {
  const folder = await mkdtemp(join(tmpdir(), 'release-'));
  try {
    await cp(manifests, folder, { recursive: true });
    if (kustomize) pinByKustomize(kustomize, folder, tag);
    else await pinByHand(join(folder, 'kustomization.yaml'), tag);
    return await render(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function pinByKustomize(kustomize: string, folder: string, tag: string): void {
  const edits = [
    ['set', 'image', ...appImages.map((name) => `${name}:${tag}`)],
    ['add', 'label', '--force', '--without-selector', '--include-templates', `${versionLabel}:${tag}`],
  ];
  for (const edit of edits) {
    const { status, stderr, error } = spawnSync(kustomize, ['edit', ...edit], { cwd: folder, encoding: 'utf8' });
    if (status === 0) continue;
    throw new HarnessError(
      `${kustomize} edit ${edit.slice(0, 2).join(' ')} failed: ${(error?.message ?? stderr).trim()} ` +
        'Use kustomize 5.7 or newer, or take it off PATH.',
    );
  }
}

async function pinByHand(file: string, tag: string): Promise<void> {
  const document = parseDocument(await readFile(file, 'utf8'));
  const list = (field: string): YAMLMap[] => {
    const node = document.get(field);
    return isSeq(node) ? node.items.filter((item) => isMap(item)) : [];
  };
  const append = (field: string, entry: unknown): void => {
    if (isSeq(document.get(field))) document.addIn([field], document.createNode(entry));
    else document.set(field, document.createNode([entry]));
  };
  for (const name of appImages) {
    const entry = list('images').find((item) => item.get('name') === name);
    if (entry) {
      entry.delete('digest');
      entry.set('newTag', tag);
    } else append('images', { name, newTag: tag });
  }
  append('labels', { includeTemplates: true, pairs: { [versionLabel]: tag } });
  await writeFile(file, document.toString());
}
