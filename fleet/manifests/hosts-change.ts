import { isDeepStrictEqual } from 'node:util';
import type { Operation } from 'rfc6902';
import { HarnessError } from '../errors.ts';
import { namesOf, type Hosts } from '../hosts.ts';
import type { Change, EnvChange, ManifestPatch } from './change.ts';
import { ofKind, onlyContainer, type KubeObject } from './objects.ts';
import { variablesOf } from './variables.ts';

/** The hosts that manifests name, and those of the apps' own fallbacks. */
export interface KnownHosts {
  hosts: Hosts;
  fallback?: { hosts: Hosts; isUrlVariable(name: string): boolean } | undefined;
}

/**
 * The changes that give a rendered fleet other host names.
 *
 * For the hosts of the apps' own fallbacks the variables are left unset, so that the fleet tests the fallbacks. Everything
 * else that names a host (Ingress rules, the mock's redirect URIs) is mapped.
 */
export function changesForHosts(objects: readonly KubeObject[], hosts: Hosts, known: KnownHosts): Change[] {
  if (isDeepStrictEqual(hosts, known.hosts)) return [];
  const { fallback } = known;
  const env = fallback && isDeepStrictEqual(hosts, fallback.hosts) ? unset(objects, fallback.isUrlVariable) : [];
  const manifests = objects.flatMap((object) => mapObject(object, known.hosts, hosts));
  if (manifests.length === 0) {
    throw new HarnessError(`No manifest names one of ${namesOf(known.hosts).join(', ')}, so no host can be mapped.`);
  }
  return [{ env, manifests }];
}

const unset = (objects: readonly KubeObject[], isUrlVariable: (name: string) => boolean): EnvChange[] =>
  ofKind(objects, 'Deployment').flatMap((deployment) => {
    const container = onlyContainer(deployment);
    const names = new Set(container ? variablesOf(container, objects).map(({ name }) => name) : []);
    return [...names]
      .filter(isUrlVariable)
      .map((name) => ({ deployment: deployment.metadata.name, name, value: null }));
  });

/** Replaces the fields of an object that name a host. */
function mapObject(object: KubeObject, from: Hosts, to: Hosts): ManifestPatch[] {
  const patch = Object.entries(object).flatMap(([field, value]): Operation[] => {
    const text = JSON.stringify(value);
    const targets = namesOf(to);
    const mapped = namesOf(from).reduce((done, host, index) => done.replaceAll(host, targets[index] ?? host), text);
    return mapped === text ? [] : [{ op: 'replace', path: `/${field}`, value: JSON.parse(mapped) as unknown }];
  });
  return patch.length > 0 ? [{ target: { kind: object.kind, name: object.metadata.name }, patch }] : [];
}
