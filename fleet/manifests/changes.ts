import { isDeepStrictEqual } from 'node:util';
import { applyPatch } from 'rfc6902';
import { HarnessError } from '../errors.ts';
import type { Change, EnvChange, ManifestPatch, SourceChange, Switches } from './change.ts';
import { named, onlyContainer, versionLabel } from './objects.ts';
import type { Container, Deployment, KubeObject } from './objects.ts';

/**
 * The objects with manifest patches and environment changes applied, in the given order. Source changes are applied in
 * fleet/build/builds.ts. The input is not modified. A change without effect is an error, because a regression that was
 * not applied proves nothing.
 */
export function applyChanges(objects: readonly KubeObject[], changes: readonly Change[]): KubeObject[] {
  const result = structuredClone([...objects]);
  for (const change of changes) {
    for (const patch of change.manifests ?? []) applyManifestPatch(result, patch);
    for (const env of change.env ?? []) {
      if (!applyEnvChange(result, env)) {
        throw new HarnessError(
          `Deployment ${env.deployment}: ${env.name} is ${env.value === null ? 'not set' : `already "${env.value}"`}, ` +
            'so the change touches nothing. Correct the name or the value in the change.',
        );
      }
    }
  }
  return result;
}

export interface SourcesOfChanges {
  changes: SourceChange[];
  switches: Switches;
  mutants: boolean;
}

export const sourcesIn = (changes: readonly Change[]): SourcesOfChanges => ({
  changes: changes.flatMap(({ sources = [] }) => sources),
  switches: Object.assign({}, ...changes.map(({ switches }) => switches)) as Switches,
  mutants: changes.some(({ mutants }) => mutants),
});

function applyManifestPatch(objects: readonly KubeObject[], { target, patch }: ManifestPatch): void {
  const what = `${target.kind} ${target.name}`;
  const object = objectNamed(objects, target);
  const before = structuredClone(object);
  // rfc6902 keeps the value of an "add" by reference. A later patch must not modify the change itself.
  const results = applyPatch(object, structuredClone(patch));
  results.forEach((error, index) => {
    if (!error) return;
    const operation = patch[index];
    throw new HarnessError(
      `${what}: the operation "${operation?.op} ${operation?.path}" of the patch fails (${error.name}). ` +
        'The manifest has moved on; correct the patch.',
    );
  });
  if (isDeepStrictEqual(before, object)) {
    throw new HarnessError(`${what}: the patch leaves the object as it was. Correct the patch.`);
  }
}

/**
 * Sets or removes one variable of one Deployment, in place. False when there was nothing to do.
 * Setting writes to `env`, which has priority over `envFrom`. Removing deletes it from `env` and from the ConfigMaps
 * and Secrets in `envFrom`.
 */
function applyEnvChange(objects: readonly KubeObject[], { deployment, name, value }: EnvChange): boolean {
  const container = containerOf(objectNamed(objects, { kind: 'Deployment', name: deployment }) as Deployment);
  return value === null ? unset(objects, container, name) : set(container, name, value);
}

function set(container: Container, name: string, value: string): boolean {
  container.env ??= [];
  const entry = container.env.find((candidate) => candidate.name === name);
  if (!entry) {
    container.env.push({ name, value });
    return true;
  }
  if (entry.value === value) return false;
  delete entry.valueFrom;
  entry.value = value;
  return true;
}

function unset(objects: readonly KubeObject[], container: Container, name: string): boolean {
  const before = container.env?.length ?? 0;
  if (container.env) container.env = container.env.filter((entry) => entry.name !== name);
  let touched = (container.env?.length ?? 0) !== before;
  for (const { configMapRef, secretRef } of container.envFrom ?? []) {
    const secret = named(objects, 'Secret', secretRef?.name);
    for (const values of [named(objects, 'ConfigMap', configMapRef?.name)?.data, secret?.data, secret?.stringData]) {
      if (!values || !(name in values)) continue;
      delete values[name];
      touched = true;
    }
  }
  return touched;
}

/** Changes the pod template of a Deployment for a rollout, in place. */
export function changeTemplate(
  deployment: Deployment,
  { env = {}, revision }: { env?: Readonly<Record<string, string>>; revision?: string },
): void {
  for (const [name, value] of Object.entries(env)) set(containerOf(deployment), name, value);
  const { metadata } = deployment.spec.template;
  if (revision !== undefined) metadata.labels[versionLabel] = revision;
  // Like `kubectl rollout restart`: the template differs even when nothing else does.
  metadata.annotations = { ...metadata.annotations, 'kubectl.kubernetes.io/restartedAt': new Date().toISOString() };
}

function containerOf(deployment: Deployment): Container {
  const container = onlyContainer(deployment);
  if (container) return container;
  throw new HarnessError(`Deployment ${deployment.metadata.name}: changes to env need exactly one container.`);
}

function objectNamed(objects: readonly KubeObject[], { kind, name }: ManifestPatch['target']): KubeObject {
  const ofThisKind = objects.filter((object) => object.kind === kind);
  const found = ofThisKind.find(({ metadata }) => metadata.name === name);
  if (found) return found;
  const names = ofThisKind.map(({ metadata }) => metadata.name).join(', ');
  throw new HarnessError(
    `${kind} ${name}: no such object, so the change touches nothing. There are: ${names || 'none'}; correct the name.`,
  );
}
