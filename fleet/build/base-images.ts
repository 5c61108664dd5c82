import { parseImage } from '../manifests/image-reference.ts';

/**
 * The base image of each stage of a Dockerfile, with ARGs at their defaults. Stages based on other stages are omitted.
 */
export function baseImagesOf(dockerfile: string): string[] {
  const defaults = new Map<string, string>();
  const stages = new Set<string>(['scratch']);
  const bases: string[] = [];
  for (const line of dockerfile.split('\n')) {
    const [, name, value = ''] = /^ARG\s+(\w+)(?:=(\S+))?/i.exec(line) ?? [];
    if (name !== undefined) defaults.set(name, value);
    const [, reference, stage] = /^FROM\s+(?:--\S+\s+)*(\S+)(?:\s+AS\s+(\S+))?/i.exec(line) ?? [];
    if (reference === undefined) continue;
    const base = reference.replaceAll(/\$\{?(\w+)\}?/g, (_, variable: string) => defaults.get(variable) ?? '');
    if (!stages.has(base)) bases.push(base);
    if (stage !== undefined) stages.add(stage);
  }
  return bases;
}

/** Why the base image of a build may change without a commit; undefined when it cannot. */
export function baseImageFault(reference: string): string | undefined {
  const { tag, digest } = parseImage(reference);
  if (digest === undefined || !/^sha256:[0-9a-f]{64}$/.test(digest)) {
    return `"${reference}" has no digest, so two builds of one commit may differ: add @sha256:… (docs/release.md)`;
  }
  if (tag === undefined || !/^v?\d+\.\d+\.\d+/.test(tag)) {
    return `"${reference}" does not say which version its digest is: name it in full (docs/release.md)`;
  }
  return undefined;
}
