import { httpsOf } from '../hosts.ts';
import type { Change, ManifestPatch } from './change.ts';
import { named, ofKind, type KubeObject } from './objects.ts';

/** A running Authentik that replaces the mock. */
export interface AuthentikServer {
  /** `http://127.0.0.1:9000`: the origin of its HTTP server. */
  origin: string;
  token: string;
  /** Base URL for its worker, which reaches `https://<host>` at `<base URL>/<host>`. Absent: it has no worker. */
  callsTo?: string;
}

/** The Authentik of a fleet: the mock with the behaviour of a version, or a server. */
export type Authentik = { profile: string } | { server: AuthentikServer };

const deployment = 'authentik';
const configMap = 'authentik-config';
const profileKey = 'AUTHENTIK_PROFILE';
const tokenKey = 'AUTHENTIK_API_TOKEN';
const urlKey = 'AUTHENTIK_API_URL';
const callsAnnotation = 'fleet/calls-to';

/** The changes that give a rendered fleet this Authentik. Undefined: no change. @param host of Authentik in it. */
export function changesForAuthentik(
  objects: readonly KubeObject[],
  authentik: Authentik | undefined,
  host: string,
): Change[] {
  if (!authentik) return [];
  if ('server' in authentik) return [serverInPlaceOfMock(objects, authentik.server, host)];
  const { profile } = authentik;
  // A patch without effect is an error.
  if (profileIn(objects) === profile) return [];
  const patch = [{ op: 'replace' as const, path: `/data/${profileKey}`, value: profile }];
  return [{ manifests: [{ target: { kind: 'ConfigMap', name: configMap }, patch }] }];
}

/** The Authentik of a fleet that was started from these objects. */
export function authentikIn(objects: readonly KubeObject[]): Authentik {
  const service = named(objects, 'Service', deployment);
  const { externalName, ports = [] } = service?.spec ?? {};
  const [port] = ports;
  if (externalName === undefined || !port) return { profile: profileIn(objects) };
  const token = named(objects, 'Secret', 'authentik-secrets')?.stringData?.[tokenKey] ?? '';
  const callsTo = service?.metadata.annotations?.[callsAnnotation];
  const origin = `${port.appProtocol ?? 'http'}://${externalName}:${port.port}`;
  return { server: { origin, token, ...(callsTo !== undefined && { callsTo }) } };
}

const profileIn = (objects: readonly KubeObject[]): string =>
  named(objects, 'ConfigMap', configMap)?.data?.[profileKey] ?? '';

/** Removes the mock's pod, points its Service to the server, and gives clients of the admin API the server's token. */
function serverInPlaceOfMock(objects: readonly KubeObject[], server: AuthentikServer, host: string): Change {
  const { protocol, hostname, port } = new URL(server.origin);
  const set = (kind: 'ConfigMap' | 'Secret', field: 'data' | 'stringData', key: string, value: string) =>
    ofKind(objects, kind)
      .filter((object) => key in ((object as Partial<Record<typeof field, object>>)[field] ?? {}))
      .map(({ metadata: { name } }): ManifestPatch => ({
        target: { kind, name },
        patch: [{ op: 'replace', path: `/${field}/${key}`, value }],
      }));
  const scheme = protocol === 'https:' ? 'https' : 'http';
  const spec = {
    type: 'ExternalName',
    externalName: hostname,
    ports: [{ name: 'http', port: Number(port) || { http: 80, https: 443 }[scheme], appProtocol: scheme }],
  };
  return {
    manifests: [
      {
        target: { kind: 'Deployment', name: deployment },
        patch: [{ op: 'replace', path: '/spec/replicas', value: 0 }],
      },
      {
        target: { kind: 'Service', name: deployment },
        patch: [
          { op: 'replace', path: '/spec', value: spec },
          ...(server.callsTo === undefined
            ? []
            : [{ op: 'add' as const, path: '/metadata/annotations', value: { [callsAnnotation]: server.callsTo } }]),
        ],
      },
      // Through the edge, like a browser: http://authentik cannot be a Service with another port or with HTTPS.
      ...set('ConfigMap', 'data', urlKey, `${httpsOf(host)}/api/v3`),
      ...set('Secret', 'stringData', tokenKey, server.token),
    ],
  };
}
