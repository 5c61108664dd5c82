import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { request, type Dispatcher } from 'undici';
import { throwIfAborted } from '../../abort.ts';
import { agentThrough } from '../../edge/client.ts';
import type { Route } from '../../edge/row.ts';
import { HarnessError } from '../../errors.ts';
import { addressUrl } from '../../kubernetes/port-forward.ts';
import type { KubernetesApi } from '../../kubernetes/api.ts';
import { applyAll } from '../../kubernetes/apply.ts';
import { waitUntilComplete } from '../../kubernetes/wait.ts';
import { applyChanges } from '../../manifests/changes.ts';
import { appsOf } from '../../manifests/images.ts';
import { named, ofKind, type KubeObject } from '../../manifests/objects.ts';
import { runAuthority } from '../../run/authority.ts';
import { recordManifests } from '../../run/records.ts';
import { updateRunState, type EdgeAddress } from '../../run/state.ts';
import { routesOf } from '../shared/routes.ts';
import type { FleetDescription } from '../shared/description.ts';
import { appPatches, edgePatches, ingressPatch, runSecrets } from './fill-in.ts';
import type { ClusterAccess } from './access.ts';
import { objectsForRun, runLabel, type PlaceOfRun } from './objects-for-run.ts';

export interface Installation {
  api: KubernetesApi;
  access: ClusterAccess;
  place: PlaceOfRun;
  objects: readonly KubeObject[];
  description: FleetDescription;
  hosts: FleetDescription['hosts'];
  phase: (name: string) => void;
  /** Labels of the run's namespace, in addition to the run's own. */
  namespaceLabels: Readonly<Record<string, string>>;
  /** Called when the run's namespace exists and is empty. */
  onNamespace: (made: { uid: string }) => Promise<void>;
  /** A run whose certificate authority is reused. */
  shareWith: string | undefined;
  signal: AbortSignal | undefined;
}

/** Traefik applies changes at most every 2 s (`providers.providersThrottleDuration`); this is longer. */
const routedMs = 15_000;
const pollIntervalMs = 200;

/** Installs a fleet in its own namespace of a cluster, and records its addresses when it serves. */
export async function install(options: Installation): Promise<void> {
  const { api, access, place, hosts, description, phase, shareWith, signal } = options;
  const { namespace, runId } = place;
  const { authority, caFile } = await runAuthority(runId, shareWith);
  const controlToken = randomBytes(32).toString('base64url');
  recordManifests(runId, options.objects);
  const routes = routesOf(options.objects);
  const owner = await api.createNamespace(namespace, { ...options.namespaceLabels, [runLabel]: runId });
  await options.onNamespace(owner);

  const filled = applyChanges(options.objects, [{ manifests: edgePatches(routes) }]);
  // Created first, because pods need their addresses.
  const addressOf = async (name: string): Promise<string | undefined> => {
    const service = named(objectsForRun(filled, place), 'Service', name);
    return service && (await api.apply(service)).spec.clusterIP;
  };
  // Without an ingress the edge balances.
  const [edgeIp, ingressIp] = await Promise.all([addressOf('edge'), addressOf('traefik')]);
  if (edgeIp === undefined) throw new HarnessError('There is no Service "edge". Add it to fleet/e2e.');
  const secrets = await runSecrets(filled, authority, controlToken);
  const objects = objectsForRun(
    [
      ...applyChanges(filled, [
        {
          manifests: [
            ...appPatches(filled, { ...description, hosts }, edgeIp),
            ...(ingressIp === undefined ? [] : [ingressPatch(ingressIp)]),
          ],
        },
      ]),
      ...secrets,
    ],
    place,
  );
  // A cluster-scoped binding is deleted with the run's namespace, because the namespace owns it.
  const bindings: readonly KubeObject[] = ofKind(objects, 'ClusterRoleBinding');
  await Promise.all(bindings.map((binding) => api.create(ownedBy(binding, owner))));
  await applyAll(
    api,
    objects.filter((object) => !bindings.includes(object)),
  );
  phase('manifests applied');

  await waitUntilComplete(
    api,
    namespace,
    ofKind(objects, 'Deployment').map(({ metadata }) => metadata.name),
    {
      failureMessage: 'did not start',
      isProduct: (name) => appsOf(description.images).includes(name),
      onComplete: (name) => phase(`${name} is ready`),
      signal,
    },
  );
  const [proxy, control, authentik] = await Promise.all([
    access.reach('edge', 3128),
    access.reach('edge', 3129),
    access.reach('authentik', 9001),
  ]);
  const edge: EdgeAddress = {
    proxyUrl: addressUrl(proxy),
    controlUrl: addressUrl(control),
    controlToken,
    caFile,
    spki: authority.spki,
  };
  const unrouted = await waitUntilRouted(edge, routes, signal);
  phase(unrouted.length > 0 ? `the ingress does not route ${unrouted.join(', ')}` : 'every host answers');
  await updateRunState(runId, () => ({ edge, authentikControlUrl: addressUrl(authentik) }));
  phase('fleet up');
}

const ownedBy = (object: KubeObject, { name, uid }: { name: string; uid: string }): KubeObject => ({
  ...object,
  metadata: { ...object.metadata, ownerReferences: [{ apiVersion: 'v1', kind: 'Namespace', name, uid }] },
});

/**
 * Requests every HTTPS host through the edge until the ingress routes it. A host that stays unrouted is not an error
 * here: it may be a regression that the specs must find.
 */
async function waitUntilRouted(
  edge: EdgeAddress,
  routes: readonly Route[],
  signal: AbortSignal | undefined,
): Promise<string[]> {
  const dispatcher = agentThrough(edge);
  const open = new Set(routes.flatMap(({ entryPoint, host }) => (entryPoint === 'websecure' ? [host] : [])));
  const deadline = Date.now() + routedMs;
  try {
    while (open.size > 0 && Date.now() < deadline) {
      throwIfAborted(signal);
      await Promise.all(
        [...open].map(async (host) => ((await isRouted(host, dispatcher)) ? open.delete(host) : false)),
      );
      if (open.size > 0) await delay(pollIntervalMs);
    }
    return [...open];
  } finally {
    await dispatcher.close();
  }
}

/** Traefik's own responses: "404 page not found" without a router, 502 to 504 without a server. */
async function isRouted(host: string, dispatcher: Dispatcher): Promise<boolean> {
  try {
    const { statusCode, body } = await request(`https://${host}/`, { dispatcher });
    const text = await body.text();
    return !(statusCode === 404 && text.trim() === '404 page not found') && !(statusCode >= 502 && statusCode <= 504);
  } catch {
    return false;
  }
}
