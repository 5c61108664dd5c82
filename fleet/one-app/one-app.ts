import { fileURLToPath } from 'node:url';
import type { FleetDescription } from '../engines/shared/description.ts';
import type { Hosts } from '../hosts.ts';
import { commonImages, harnessImage, type Images } from '../manifests/images.ts';
import type { KubeObject } from '../manifests/objects.ts';
import { ingress, workload } from './workload.ts';

/** What an app may need to know of its fleet. */
interface Surroundings {
  /** Of the app: `https://<name>.<domain>`. */
  origin: string;
  issuer: string;
  clientId: string;
  clientSecret: string;
  redisUrl: string;
}

/** An app with sessions that signs in by OpenID Connect, and nothing else of a product. */
export interface OneApp {
  /** Also its slug and client id at Authentik. */
  name: string;
  /** The app is at `<name>.<domain>`, Authentik at `auth.<domain>`. */
  domain: string;
  /** Its server, relative to the root of the repository. It listens on HOST and PORT. */
  entry: string;
  /** Path that responds with 200 when the app can serve. */
  ready: string;
  /** Paths of the redirect URIs: where a sign-in ends, and where Authentik returns to after a sign-out. */
  callback: string;
  signedOut: string;
  sessionCookie: string;
  env(surroundings: Surroundings): Readonly<Record<string, string>>;
}

const store = { service: 'redis', port: 6379 };
const imageName = (name: string): string => `sample/${name}:e2e`;

/** A fleet of this app on two pods, with Redis and the mock Authentik. @param module the URL of one with `images`. */
export const fleetOf = (app: OneApp, images: Images, module: string): FleetDescription => ({
  objects: async () => objectsOf(app),
  images,
  imagesModule: fileURLToPath(module),
  hosts: hostsOf(app),
  store,
});

export const imagesOf = ({ name, entry }: Pick<OneApp, 'name' | 'entry'>): Images => ({
  ...commonImages,
  [name]: harnessImage(imageName(name), entry, [], { PORT: 'http' }),
});

const hostsOf = ({ name, domain }: OneApp): Hosts =>
  ({ [name]: `${name}.${domain}`, auth: `auth.${domain}` }) as unknown as Hosts;

function objectsOf({ name, domain, ready, callback, signedOut, sessionCookie, env }: OneApp): KubeObject[] {
  const [host, auth] = [`${name}.${domain}`, `auth.${domain}`];
  const origin = `https://${host}`;
  const clientSecret = `secret-of-${name}-for-tests-only`;
  const uri = (type: 'authorization' | 'logout', path: string) => ({ type, matching: 'strict', url: origin + path });
  const redirectUris = [uri('authorization', callback), uri('logout', signedOut)];
  const provider = { slug: name, name, clientId: name, clientSecret, redirectUris };
  const issuer = `https://${auth}/application/o/${name}/`;
  const redisUrl = `redis://${store.service}:${store.port}`;
  return [
    ...workload(name, {
      image: imageName(name),
      replicas: 2,
      ports: { http: 80 },
      ready: { httpGet: { path: ready, port: 'http' } },
      env: env({ origin, issuer, clientId: name, clientSecret, redisUrl }),
    }),
    ingress(name, host),
    ...workload(store.service, {
      image: commonImages.redis.reference,
      ports: { redis: store.port },
      ready: { tcpSocket: { port: 'redis' } },
      args: ['--save', '', '--appendonly', 'no', '--protected-mode', 'no'],
    }),
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'authentik-config' },
      data: { AUTHENTIK_PROFILE: '2026.8', AUTHENTIK_PROVIDERS: JSON.stringify([provider]) },
    },
    ...workload('authentik', {
      image: commonImages.authentik.reference,
      ports: { http: 80, control: 9001 },
      ready: { httpGet: { path: '/health', port: 'control' } },
      env: { AUTHENTIK_API_TOKEN: 'api-token-for-tests-only' },
      configMaps: ['authentik-config'],
      secrets: ['control-plane'],
    }),
    ingress('authentik', auth),
    ...workload('edge', {
      image: commonImages.edge.reference,
      ports: { proxy: 3128, control: 3129 },
      ready: { tcpSocket: { port: 'control' } },
      env: { SESSION_COOKIE: sessionCookie },
      secrets: ['edge-authority', 'control-plane'],
    }),
  ];
}
