import { stat } from 'node:fs/promises';
import { CannotRunHere, HarnessError } from '../errors.ts';
import type { KubeObject } from '../manifests/objects.ts';
import { objectFrom, yamlDocuments } from '../manifests/yaml-documents.ts';
import { runProgram } from '../programs.ts';
import { readGiven } from '../read-given.ts';

/**
 * The objects of a YAML file, or of a folder with a kustomization, which `kubectl` renders.
 * @throws CannotRunHere when there is no kubectl, or HarnessError with what it says.
 */
export async function readManifests(path: string): Promise<KubeObject[]> {
  const found = await stat(path).catch(() => undefined);
  if (!found)
    throw new HarnessError(`There is no ${path}: --manifests <a YAML file, or the folder of a kustomization>`);
  const text = found.isDirectory() ? await rendered(path) : await readGiven(path, '--manifests');
  return yamlDocuments(path, text)
    .filter((document) => document !== null)
    .map((document) => objectFrom(document, `${path}: a document`));
}

async function rendered(folder: string): Promise<string> {
  const { code, stdout, stderr } = await runProgram('kubectl', ['kustomize', folder]).catch((cause: Error) => {
    throw new CannotRunHere(
      `kubectl is not on PATH (${cause.message}). Install it, or give a YAML file that another tool has rendered: --manifests <file>`,
      { cause },
    );
  });
  if (code === 0) return stdout;
  throw new HarnessError(`kubectl kustomize ${folder} failed: ${stderr.trim()}`);
}
