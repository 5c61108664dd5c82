import { readFile, stat } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { HarnessError } from '../errors.ts';
import { repositoryRoot } from '../root.ts';
import { applyChanges } from './changes.ts';
import { parseImage } from './image-reference.ts';
import { objectFrom, yamlDocuments } from './yaml-documents.ts';
import { idOf, isKind, type KubeObject } from './objects.ts';

const replacement = z.strictObject({ op: z.literal('replace'), path: z.string(), value: z.unknown() });

/** The part of a kustomization that the fleet uses. Any other field is refused by name, not ignored. */
const kustomization = z.strictObject({
  apiVersion: z.literal('kustomize.config.k8s.io/v1beta1'),
  kind: z.literal('Kustomization'),
  namespace: z.string().optional(),
  resources: z.array(z.string()).default([]),
  images: z
    .array(
      z.strictObject({
        name: z.string(),
        newTag: z.string().optional(),
        digest: z.string().optional(),
      }),
    )
    .default([]),
  labels: z
    .array(
      z.strictObject({
        pairs: z.record(z.string(), z.string()),
        includeTemplates: z.boolean().default(false),
      }),
    )
    .default([]),
  patches: z
    .array(
      z.strictObject({
        target: z.strictObject({ kind: z.string(), name: z.string() }),
        /** A JSON Patch (RFC 6902) in YAML, which replaces values. */
        patch: z
          .string()
          .transform((text, { issues }) => {
            try {
              return parse(text) as unknown;
            } catch (cause) {
              issues.push({ code: 'custom', input: text, message: (cause as Error).message });
              return z.NEVER;
            }
          })
          .pipe(z.array(replacement)),
      }),
    )
    .default([]),
});
type Kustomization = z.infer<typeof kustomization>;
/** The transformations that a kustomization applies to its resources. */
type Settings = Pick<Kustomization, 'namespace' | 'images' | 'labels'>;

/** Cluster-scoped kinds. */
export const clusterScoped: ReadonlySet<string> = new Set([
  'Namespace',
  'ClusterRole',
  'ClusterRoleBinding',
  'CustomResourceDefinition',
  'IngressClass',
  'ValidatingAdmissionPolicy',
  'ValidatingAdmissionPolicyBinding',
]);

/**
 * The output of `kubectl kustomize <directory>`, as objects: resources, images, labels, namespace and patches. Throws a
 * HarnessError that names the file and the field when a kustomization contains another field.
 */
export async function render(directory: string): Promise<KubeObject[]> {
  const file = join(directory, 'kustomization.yaml');
  const settings = readKustomization(file, await read(file));
  const objects: KubeObject[] = [];
  for (const resource of settings.resources) {
    const path = resolve(directory, resource);
    objects.push(...((await isDirectory(path)) ? await render(path) : readObjects(path, await read(path))));
  }
  refuseDuplicates(file, objects);
  return overlaid(patched(file, objects, settings), settings);
}

function patched(file: string, objects: readonly KubeObject[], { patches }: Kustomization): KubeObject[] {
  try {
    return applyChanges(objects, [{ manifests: patches }]);
  } catch (cause) {
    throw new HarnessError(`${shown(file)}: ${(cause as Error).message}`, { cause });
  }
}

/** Applies these settings of a kustomization to the objects. */
export const overlaid = (objects: readonly KubeObject[], { namespace, images, labels }: Settings): KubeObject[] =>
  structuredClone([...objects]).map((object) => {
    const { kind, metadata } = object;
    const template = isKind(object, 'Deployment') ? object.spec.template : undefined;
    if (namespace !== undefined && !clusterScoped.has(kind)) metadata.namespace = namespace;
    for (const container of template?.spec.containers ?? []) {
      const { name } = parseImage(container.image);
      const image = images.find((candidate) => candidate.name === name);
      if (image) container.image = rewritten(container.image, image);
    }
    // Not in selectors: those of a Deployment are immutable, and would no longer match the previous release's pods.
    for (const { pairs, includeTemplates } of labels) {
      metadata.labels = { ...metadata.labels, ...pairs };
      if (includeTemplates && template) template.metadata.labels = { ...template.metadata.labels, ...pairs };
    }
    return object;
  });

async function read(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw new HarnessError(`${shown(file)} cannot be read. Check the "resources" that name it.`, { cause });
  }
}

async function isDirectory(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isDirectory() ?? false;
}

function readKustomization(file: string, text: string): Kustomization {
  const parsed = kustomization.safeParse(documentsOf(file, text)[0]);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const path = [...(issue?.path ?? []), ...(issue?.code === 'unrecognized_keys' ? issue.keys.slice(0, 1) : [])];
  throw new HarnessError(
    `${shown(file)}: "${path.join('.')}" is not something fleet/manifests/render.ts reads (${issue?.message}). ` +
      'It reads resources, images, labels, namespace and patches; write the objects out, or teach fleet/manifests/render.ts the field.',
  );
}

function readObjects(file: string, text: string): KubeObject[] {
  return documentsOf(file, text).map((document) => objectFrom(document, `${shown(file)}: a document`));
}

const documentsOf = (file: string, text: string): unknown[] =>
  yamlDocuments(shown(file), text).filter((value) => value !== null);

function refuseDuplicates(file: string, objects: readonly KubeObject[]): void {
  const seen = new Set<string>();
  for (const object of objects) {
    const id = idOf(object);
    if (seen.has(id)) throw new HarnessError(`${shown(file)}: ${id} comes from two resources. Remove one.`);
    seen.add(id);
  }
}

/** Like kustomize: a new tag or digest replaces an old tag or digest. */
function rewritten(reference: string, { newTag, digest }: Settings['images'][number]): string {
  if (newTag === undefined && digest === undefined) return reference;
  return `${parseImage(reference).name}${newTag === undefined ? '' : `:${newTag}`}${digest === undefined ? '' : `@${digest}`}`;
}

const shown = (file: string): string => {
  const path = relative(repositoryRoot, file);
  return path.startsWith('..') ? file : path;
};
