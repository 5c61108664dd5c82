import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import type { IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import type { Endpoint } from './row.ts';

/**
 * Folder of the ServiceAccount files that a pod needs for the API (Kubernetes docs, "Accessing the API from a Pod").
 */
const account = '/var/run/secrets/kubernetes.io/serviceaccount';
const retryMs = 500;
/** For a Service with several ports: the port that Ingresses send to. */
const wantedPort = 'http';

interface Slice {
  metadata: { name: string; labels?: Record<string, string> };
  ports?: Array<{ name?: string; port?: number }> | null;
  endpoints?: Array<{
    addresses: string[];
    conditions?: { ready?: boolean };
    targetRef?: { kind?: string; name?: string };
  }> | null;
}

interface WatchEvent {
  type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';
  object: Slice & { metadata: { resourceVersion?: string } };
}

/** Address of the Kubernetes API, and the namespace to watch. */
export interface ApiAccess {
  host: string;
  port: number;
  /** PEM of the API's authority. */
  ca: string;
  /** Read for each request, because the kubelet renews it. */
  token: () => string;
  namespace: string;
  /** Ends the watch. */
  signal?: AbortSignal;
}

export interface EndpointWatch {
  /** Name of the pod at an address, Ready or not; empty when the pod belongs to no Service. */
  podAt(address: string): string;
}

/**
 * Watches the EndpointSlices of this pod's namespace and reports each Service's Ready pods when they change. Resolves
 * after the first list. The ServiceAccount must be allowed to list and watch endpointslices.
 */
export async function watchEndpoints(
  onChange: (service: string, endpoints: Endpoint[]) => void,
  api: ApiAccess = inPod(),
): Promise<EndpointWatch> {
  const path = `/apis/discovery.k8s.io/v1/namespaces/${api.namespace}/endpointslices`;
  const slices = new Map<string, Slice>();
  const sent = new Map<string, string>();

  const publish = (): void => {
    const byService = new Map<string, Endpoint[]>([...sent.keys()].map((service) => [service, []]));
    for (const slice of slices.values()) {
      const service = slice.metadata.labels?.['kubernetes.io/service-name'];
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

  const list = async (): Promise<string> => {
    const { metadata, items } = JSON.parse(await text(await call(api, path))) as {
      metadata: { resourceVersion: string };
      items: Slice[];
    };
    slices.clear();
    for (const slice of items) slices.set(slice.metadata.name, slice);
    publish();
    return metadata.resourceVersion;
  };

  const follow = async (from: string): Promise<void> => {
    const response = await call(api, `${path}?watch=1&allowWatchBookmarks=true&resourceVersion=${from}`);
    for await (const line of lines(response)) {
      const { type, object } = JSON.parse(line) as WatchEvent;
      // 410 Gone and similar: the next list contains the missed changes.
      if (type === 'ERROR') return;
      if (type === 'BOOKMARK') continue;
      if (type === 'DELETED') slices.delete(object.metadata.name);
      else slices.set(object.metadata.name, object);
      publish();
    }
  };

  let version = await list();
  void (async () => {
    while (!api.signal?.aborted) {
      try {
        await follow(version);
        version = await list();
      } catch (error) {
        if (api.signal?.aborted) return;
        console.error(`The watch of endpointslices broke off: ${(error as Error).message}`);
        await delay(retryMs);
        version = await list().catch(() => version);
      }
    }
  })();

  return {
    podAt: (address) => {
      const plain = address.replace(/^::ffff:/, '');
      for (const { endpoints } of slices.values()) {
        const found = endpoints?.find(({ addresses }) => addresses.includes(plain));
        if (found?.targetRef?.name) return found.targetRef.name;
      }
      return '';
    },
  };
}

function readyEndpoints({ ports, endpoints }: Slice): Endpoint[] {
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
const inPod = (): ApiAccess => ({
  host: process.env['KUBERNETES_SERVICE_HOST'] ?? '',
  port: Number(process.env['KUBERNETES_SERVICE_PORT']),
  ca: readFileSync(`${account}/ca.crt`, 'utf8'),
  token: () => readFileSync(`${account}/token`, 'utf8'),
  namespace: readFileSync(`${account}/namespace`, 'utf8').trim(),
});

function call({ host, port, ca, token, signal }: ApiAccess, target: string): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    request(
      { host, port, path: target, headers: { authorization: `Bearer ${token()}` }, ca, agent: false, signal },
      (response) => {
        if (response.statusCode === 200) return resolve(response);
        response.resume();
        reject(new Error(`GET ${target} was answered with ${response.statusCode}`));
      },
    )
      .on('error', reject)
      .end();
  });
}

/** Not `readline`, which does not pass on an error of the stream. */
async function* lines(response: IncomingMessage): AsyncGenerator<string> {
  let rest = '';
  for await (const chunk of response.setEncoding('utf8')) {
    const parts = (rest + (chunk as string)).split('\n');
    rest = parts.pop() ?? '';
    yield* parts.filter((line) => line !== '');
  }
}
