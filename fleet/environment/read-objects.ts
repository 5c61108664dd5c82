import { readFile } from 'node:fs/promises';
import { text as textOf } from 'node:stream/consumers';
import { HarnessError } from '../errors.ts';
import { objectFrom, yamlDocuments } from '../manifests/yaml-documents.ts';
import type { KubeObject } from '../manifests/objects.ts';

/**
 * The objects in a YAML file, `-` for standard input. A `List`, as printed by `kubectl get -o yaml`, is split into its
 * items.
 * @throws HarnessError with the line of the error, but never with its text, which may be a secret.
 */
export async function readObjectsFrom(file: string): Promise<KubeObject[]> {
  const text = await (file === '-' ? textOf(process.stdin) : readFile(file, 'utf8')).catch((cause: Error) => {
    throw new HarnessError(`${file} cannot be read (${(cause as NodeJS.ErrnoException).code}). Check its name.`, {
      cause,
    });
  });
  return objectsIn(file === '-' ? 'standard input' : file, text);
}

export function objectsIn(file: string, text: string): KubeObject[] {
  const objects = yamlDocuments(file, text).flatMap((value, index) =>
    value === null ? [] : itemsOf(value, `${file}: document ${index + 1}`),
  );
  if (objects.length > 0) return objects;
  throw new HarnessError(`${file} holds no Kubernetes object. Name a file of Secrets and ConfigMaps.`);
}

function itemsOf(value: unknown, where: string): KubeObject[] {
  const list = value as { kind?: unknown; items?: unknown };
  if (list.kind === 'List' && Array.isArray(list.items)) return list.items.flatMap((item) => itemsOf(item, where));
  return [objectFrom(value, where)];
}
