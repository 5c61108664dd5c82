import { setTimeout as delay } from 'node:timers/promises';
import { DiscoveryV1Api, KubeConfig, makeInformer, type V1EndpointSlice } from '@kubernetes/client-node';
import type { Endpoint } from './row.ts';

const retryMs = 500;
/** For a Service with several ports: the port that Ingresses send to. */
const wantedPort = 'http';

/**
 * Watches the EndpointSlices of this pod's namespace and reports each Service's Ready pods when they change. Resolves
 * after the first list. The ServiceAccount must be allowed to list and watch endpointslices.
 * @param signal ends the watch.
 * @returns the name of the pod at an address, Ready or not; empty when the pod belongs to no Service.
 */
export async function watchEndpoints(
  onChange: (service: string, endpoints: Endpoint[]) => void,
  config = inPod(),
  signal?: AbortSignal,
): Promise<(address: string) => string> {
  const api = config.makeApiClient(DiscoveryV1Api);
  const namespace = config.getContextObject(config.getCurrentContext())?.namespace ?? 'default';
  const path = `/apis/discovery.k8s.io/v1/namespaces/${namespace}/endpointslices`;
  const informer = makeInformer(config, path, () => api.listNamespacedEndpointSlice({ namespace }));
  const sent = new Map<string, string>();

  const publish = (): void => {
    const byService = new Map<string, Endpoint[]>([...sent.keys()].map((service) => [service, []]));
    for (const slice of informer.list()) {
      const service = slice.metadata?.labels?.['kubernetes.io/service-name'];
      if (service) byService.set(service, [...(byService.get(service) ?? []), ...readyEndpoints(slice)]);
    }
    for (const [service, endpoints] of byService) {
      endpoints.sort((a, b) => (a.pod < b.pod ? -1 : 1));
      const json = JSON.stringify(endpoints);
      if (sent.get(service) === json) continue;
      sent.set(service, json);
      onChange(service, endpoints);
    }
  };

  let isListed = false;
  const failed = Promise.withResolvers<never>();
  informer.on('change', publish);
  informer.on('error', async (error: Error) => {
    if (!isListed) return failed.reject(error);
    if (signal?.aborted) return;
    console.error(`The watch of endpointslices broke off: ${error.message}`);
    await delay(retryMs);
    await informer.start();
  });
  signal?.addEventListener('abort', () => void informer.stop(), { once: true });
  await Promise.race([informer.start(), failed.promise]);
  isListed = true;

  return (address) => {
    const plain = address.replace(/^::ffff:/, '');
    const endpoints = informer.list().flatMap((slice) => slice.endpoints ?? []);
    return endpoints.find(({ addresses }) => addresses.includes(plain))?.targetRef?.name ?? '';
  };
}

function readyEndpoints({ ports, endpoints }: V1EndpointSlice): Endpoint[] {
  const port = (ports?.find(({ name }) => name === wantedPort) ?? ports?.[0])?.port;
  if (port === undefined) return [];
  return (endpoints ?? []).flatMap(({ addresses, conditions, targetRef }) => {
    const [host] = addresses;
    // A terminating pod is not ready, whatever its probe says.
    if (conditions?.ready === false || host === undefined || !targetRef?.name) return [];
    return [{ pod: targetRef.name, host, port }];
  });
}

/** The configuration of every pod with a ServiceAccount. */
function inPod(): KubeConfig {
  const config = new KubeConfig();
  config.loadFromCluster();
  return config;
}
