import { readFile } from 'node:fs/promises';
import { text as textOf } from 'node:stream/consumers';
import { isScalar, LineCounter, parseAllDocuments, visit } from 'yaml';
import type { Document } from 'yaml';
import { HarnessError } from '../errors.ts';
import { documentValue } from '../manifests/document-value.ts';
import type { KubeObject } from '../manifests/objects.ts';

/**
 * The objects in a YAML file, `-` for standard input; a `List`, as `kubectl get -o yaml` prints it, is its items.
 * @throws HarnessError with the line, and never with the text, of what cannot be read: it may be a secret.
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
  const lineCounter = new LineCounter();
  // prettyErrors would put the source into the messages. uniqueKeys compares each key of a map with each other one.
  const documents = [...parseAllDocuments(text, { lineCounter, prettyErrors: false, uniqueKeys: false })];
  const objects = documents.flatMap((document, index) => {
    const fault = faultIn(document);
    if (fault) {
      const { line } = lineCounter.linePos(fault.at);
      throw new HarnessError(`${file} is not YAML: line ${line} has ${fault.code}. Correct that line.`);
    }
    const value: unknown = documentValue(file, document);
    return value === null ? [] : itemsOf(value, `${file}: document ${index + 1}`);
  });
  if (objects.length > 0) return objects;
  throw new HarnessError(`${file} holds no Kubernetes object. Name a file of Secrets and ConfigMaps.`);
}

function faultIn(document: Document): { code: string; at: number } | undefined {
  const [error] = document.errors;
  if (error) return { code: error.code, at: error.pos[0] };
  let repeated: { code: string; at: number } | undefined;
  visit(document, {
    Map: (_, { items }) => {
      const keys = new Set<unknown>();
      for (const { key } of items) {
        if (!isScalar(key)) continue;
        if (keys.has(key.value)) {
          repeated = { code: 'DUPLICATE_KEY', at: key.range?.[0] ?? 0 };
          return visit.BREAK;
        }
        keys.add(key.value);
      }
      return undefined;
    },
  });
  return repeated;
}

function itemsOf(value: unknown, where: string): KubeObject[] {
  const list = value as { kind?: unknown; items?: unknown };
  if (list.kind === 'List' && Array.isArray(list.items)) return list.items.flatMap((item) => itemsOf(item, where));
  const object = value as Partial<KubeObject>;
  if (typeof object.kind === 'string' && typeof object.metadata?.name === 'string') return [object as KubeObject];
  throw new HarnessError(`${where} is not a Kubernetes object: kind or metadata.name is missing. Correct it.`);
}
