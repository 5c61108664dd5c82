import { isDeepStrictEqual } from 'node:util';
import type { Operation } from 'rfc6902';
import { hostLabels } from '../../apps/environment/apps.ts';
import { HarnessError } from '../errors.ts';
import { developmentHosts, productionHosts } from '../hosts.ts';
import type { Hosts } from '../hosts.ts';
import type { Change, EnvChange, ManifestPatch } from './change.ts';
import { named, ofKind, onlyContainer } from './objects.ts';
import type { KubeObject } from './objects.ts';

/** Variables with the URLs that users open. Without them the app falls back to the development hosts. */
const namesAHost = (name: string): boolean => name.startsWith('NUXT_PUBLIC_') || name === 'AUTH_URL';

/**
 * The changes that give a rendered fleet other host names.
 *
 * The development hosts are the apps' own fallbacks. For these hosts the variables are left unset, so that the fleet
 * tests the fallbacks. Everything else that names a host (Ingress rules, the mock's redirect URIs) is mapped.
 */
export function changesForHosts(objects: readonly KubeObject[], hosts: Hosts): Change[] {
  if (isDeepStrictEqual(hosts, productionHosts)) return [];
  const env = isDeepStrictEqual(hosts, developmentHosts) ? unsetHosts(objects) : [];
  const removed = new Set(env.map(({ name }) => name));
  const manifests = objects.flatMap((object) => mapObject(object, hosts, removed));
  if (manifests.length === 0) {
    throw new HarnessError(
      `No manifest names ${productionHosts.operator}, so no host can be mapped. Check fleet/hosts.ts.`,
    );
  }
  return [{ env, manifests }];
}

function unsetHosts(objects: readonly KubeObject[]): EnvChange[] {
  return ofKind(objects, 'Deployment').flatMap((deployment) => {
    const container = onlyContainer(deployment);
    const names = new Set<string>();
    for (const entry of container?.env ?? []) names.add(entry.name);
    for (const source of container?.envFrom ?? []) {
      const held = named(objects, 'ConfigMap', source.configMapRef?.name);
      for (const key of Object.keys(held?.data ?? {})) names.add(`${source.prefix ?? ''}${key}`);
    }
    return [...names].filter(namesAHost).map((name) => ({ deployment: deployment.metadata.name, name, value: null }));
  });
}

function mapObject(object: KubeObject, hosts: Hosts, removed: ReadonlySet<string>): ManifestPatch[] {
  const patch: Operation[] = [];
  const walk = (value: unknown, path: string): void => {
    if (typeof value === 'string') {
      const mapped = mapText(value, hosts);
      if (mapped !== value) patch.push({ op: 'replace', path, value: mapped });
    } else if (value !== null && typeof value === 'object') {
      for (const [key, child] of Object.entries(value)) {
        if (!removed.has(key)) walk(child, `${path}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`);
      }
    }
  };
  walk(object, '');
  return patch.length ? [{ target: { kind: object.kind, name: object.metadata.name }, patch }] : [];
}

const mapText = (text: string, hosts: Hosts): string =>
  hostLabels.reduce((mapped, role) => mapped.replaceAll(productionHosts[role], hosts[role]), text);
