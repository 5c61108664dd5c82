import { isDeepStrictEqual } from 'node:util';
import type { Operation } from 'rfc6902';
import { hostLabels } from '../../apps/environment/apps.ts';
import { HarnessError } from '../errors.ts';
import { developmentHosts, productionHosts, type Hosts } from '../hosts.ts';
import type { Change, EnvChange, ManifestPatch } from './change.ts';
import { ofKind, onlyContainer, type KubeObject } from './objects.ts';
import { variablesOf } from './variables.ts';

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
  const manifests = objects.flatMap((object) => mapObject(object, hosts));
  if (manifests.length === 0) {
    throw new HarnessError(
      `No manifest names ${productionHosts.operator}, so no host can be mapped. Check fleet/hosts.ts.`,
    );
  }
  return [{ env, manifests }];
}

const unsetHosts = (objects: readonly KubeObject[]): EnvChange[] =>
  ofKind(objects, 'Deployment').flatMap((deployment) => {
    const container = onlyContainer(deployment);
    const names = new Set(container ? variablesOf(container, objects).map(({ name }) => name) : []);
    return [...names].filter(namesAHost).map((name) => ({ deployment: deployment.metadata.name, name, value: null }));
  });

/** Replaces the fields of an object that name a host. */
function mapObject(object: KubeObject, hosts: Hosts): ManifestPatch[] {
  const patch = Object.entries(object).flatMap(([field, value]): Operation[] => {
    const text = JSON.stringify(value);
    const mapped = hostLabels.reduce((done, role) => done.replaceAll(productionHosts[role], hosts[role]), text);
    return mapped === text ? [] : [{ op: 'replace', path: `/${field}`, value: JSON.parse(mapped) as unknown }];
  });
  return patch.length > 0 ? [{ target: { kind: object.kind, name: object.metadata.name }, patch }] : [];
}
