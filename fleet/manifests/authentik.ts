import { origin, productionHosts } from '../hosts.ts';
import type { Change } from './change.ts';
import { named } from './objects.ts';
import type { KubeObject } from './objects.ts';

/** A running Authentik in place of the mock. */
export interface AuthentikServer {
  /** `http://127.0.0.1:9000`: where its HTTP server is, without a path. */
  origin: string;
  /** API token of an administrator. */
  token: string;
  /** Base URL at which its worker reaches `https://<host>` as `<it>/<host>`; absent: it has no worker. */
  callsTo?: string;
}

/** The Authentik of a fleet: the mock with the behaviour of a version, or a server. */
export type Authentik = { profile: string } | { server: AuthentikServer };

const deployment = 'authentik';
const configMap = 'authentik-config';
const profileKey = 'AUTHENTIK_PROFILE';
const tokenKey = 'AUTHENTIK_API_TOKEN';
const callsAnnotation = 'dezky.example/calls-to';

/** The changes that give a rendered fleet this Authentik; undefined: the one that it has. */
export function changesForAuthentik(objects: readonly KubeObject[], authentik: Authentik | undefined): Change[] {
  if (!authentik) return [];
  if ('server' in authentik) return [serverInPlaceOfMock(authentik.server)];
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

/** No pod of the mock, its Service leads to the server, and what calls the admin API has the server's token. */
function serverInPlaceOfMock(server: AuthentikServer): Change {
  const { protocol, hostname, port } = new URL(server.origin);
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
      {
        // Through the edge, as browsers reach it: a Service of another port, or of https, is not http://authentik.
        target: { kind: 'ConfigMap', name: 'platform-api-upstreams' },
        patch: [{ op: 'replace', path: '/data/AUTHENTIK_API_URL', value: `${origin(productionHosts.auth)}/api/v3` }],
      },
      ...['authentik-secrets', 'platform-api-secrets'].map((name) => ({
        target: { kind: 'Secret', name },
        patch: [{ op: 'replace' as const, path: `/stringData/${tokenKey}`, value: server.token }],
      })),
    ],
  };
}
