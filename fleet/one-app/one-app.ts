import { join } from 'node:path';
import type { FleetDescription } from '../engines/shared/description.ts';
import type { Hosts } from '../hosts.ts';
import { commonImages, type Image, type Images } from '../manifests/images.ts';
import { named, onlyContainer, type KubeObject } from '../manifests/objects.ts';
import { repositoryRoot } from '../root.ts';
import type { OwnManifests } from './own-manifests.ts';
import { ingress, unprivileged, workload } from './workload.ts';

/** What an app may need to know of its fleet. */
export interface Surroundings {
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
  /** The app is at `<name>.<domain>`, if its manifests do not say where, and Authentik at `auth.<domain>`. */
  domain: string;
  /** Its own manifests. Default: a generated Deployment and Service. */
  manifests?: OwnManifests | undefined;
  /** Path that responds with 200 when the app can serve. Default: it can when it listens. */
  ready?: string | undefined;
  /** Seconds after its start until a pod may be ready. In a rollout pods of both releases serve for so long. */
  readyAfter?: number | undefined;
  /** Where Authentik sends logout tokens. Default: nowhere. */
  backChannel?: string | undefined;
  sessionCookie: string;
  /** It keeps something in Redis. Default: true. */
  usesRedis?: boolean;
  /**
   * Port of this machine at which Authentik is `https://localhost:<port>`, for an app that is not told of a proxy.
   * Default: it is reached by its host, through the edge.
   */
  issuerPort?: number | undefined;
  /** At that port it is `http://localhost:<port>`, for an app that cannot be told of a certificate authority. */
  plainHttp?: boolean | undefined;
  /** A provider that runs elsewhere. Default: the mock Authentik is a part of the fleet. */
  provider?: { issuer: string; clientId: string; clientSecret: string } | undefined;
  env(surroundings: Surroundings): Readonly<Record<string, string>>;
}

const store = { service: 'redis', port: 6379 };
const redis = workload(store.service, {
  image: commonImages.redis.reference,
  ports: { redis: store.port },
  ready: { tcpSocket: { port: 'redis' } },
  args: ['--save', '', '--appendonly', 'no', '--protected-mode', 'no'],
});
const imageName = (name: string): string => `sample/${name}:e2e`;

/** A fleet of this app on two pods, with Redis and the mock Authentik. @param module the URL of one with `images`. */
export const fleetOf = (app: OneApp, images: Images, module: string): FleetDescription => ({
  objects: async () => objectsOf(app),
  // Loaded on first use, because it reads YAML. There is no ingress: the edge balances the requests itself.
  clusterObjects: async () =>
    (await import('./read-manifests.ts')).readManifests(join(repositoryRoot, 'fleet/e2e/cluster/edge-access.yaml')),
  images,
  imagesModule: module,
  hosts: hostsOf(app),
  store,
});

/** @param image of the app, with the reference that it gets. */
export const imagesOf = (name: string, image: (reference: string) => Image): Images => ({
  ...commonImages,
  [name]: image(imageName(name)),
});

const hostOf = ({ name, domain, manifests }: OneApp): string => manifests?.host ?? `${name}.${domain}`;

const hostsOf = (app: OneApp): Hosts =>
  ({ [app.name]: hostOf(app), auth: new URL(issuerOf(app)).hostname }) as unknown as Hosts;

function issuerOf({ name, domain, issuerPort, plainHttp, provider }: OneApp): string {
  if (provider) return provider.issuer;
  const scheme = plainHttp ? 'http' : 'https';
  return `${issuerPort ? `${scheme}://localhost:${issuerPort}` : `https://auth.${domain}`}/application/o/${name}/`;
}

/** What an app is told of its fleet. */
export function surroundingsOf(app: OneApp): Surroundings {
  const { name, provider } = app;
  return {
    origin: `https://${hostOf(app)}`,
    issuer: issuerOf(app),
    clientId: provider?.clientId ?? name,
    clientSecret: provider?.clientSecret ?? `secret-of-${name}-for-tests-only`,
    redisUrl: `redis://${store.service}:${store.port}`,
  };
}

const edgePorts = { proxy: 3128, control: 3129 };
const authentikPorts = { http: 80, control: 9001 };

/** Listen addresses of the harness's servers in containers. The local engine overrides them. */
const listening = (ports: Readonly<Record<string, number>>) => ({
  HOST: '0.0.0.0',
  ...Object.fromEntries(Object.entries(ports).map(([variable, port]) => [variable, String(unprivileged(port))])),
});

const appObjects = (app: OneApp): KubeObject[] =>
  workload(app.name, {
    image: imageName(app.name),
    replicas: 2,
    ports: { http: 80 },
    ready: app.ready ? { httpGet: { path: app.ready, port: 'http' } } : { tcpSocket: { port: 'http' } },
    readyAfter: app.readyAfter,
    env: app.env(surroundingsOf(app)),
  });

/** The variables of the check override those of the manifests. */
function withVariables(app: OneApp, { name, objects }: OwnManifests): KubeObject[] {
  const own = structuredClone(objects);
  const deployment = named(own, 'Deployment', name);
  const container = deployment && onlyContainer(deployment);
  const given = app.env(surroundingsOf(app));
  if (container)
    container.env = [
      ...(container.env ?? []).filter((variable) => !(variable.name in given)),
      ...Object.entries(given).map(([variable, value]) => ({ name: variable, value })),
    ];
  return own;
}

function objectsOf(app: OneApp): KubeObject[] {
  const { name, sessionCookie, usesRedis = true, issuerPort, provider, manifests } = app;
  return [
    ...(manifests ? withVariables(app, manifests) : appObjects(app)),
    ingress(name, hostOf(app), 'websecure', manifests?.port),
    ...(usesRedis ? redis : []),
    ...(provider ? [] : mockFor(app)),
    ...workload('edge', {
      image: commonImages.edge.reference,
      ports: edgePorts,
      ready: { tcpSocket: { port: 'control' } },
      env: {
        ...listening({ PORT: edgePorts.proxy, CONTROL_PORT: edgePorts.control }),
        SESSION_COOKIE: sessionCookie,
        ...(issuerPort && !provider && { INTERCEPT_PORT: `${issuerPort}` }),
      },
      secrets: ['edge-authority', 'control-plane'],
    }),
  ];
}

function mockFor(app: OneApp): KubeObject[] {
  const { name, backChannel, plainHttp } = app;
  const { origin, clientId, clientSecret } = surroundingsOf(app);
  // Any page of the app: a tutorial's provider would be told of them one by one.
  const anyPage = { matching: 'regex', url: `${origin.replaceAll('.', String.raw`\.`)}(?:/.*)?` };
  const provider = {
    slug: name,
    name,
    clientId,
    clientSecret,
    redirectUris: (['authorization', 'logout'] as const).map((type) => ({ type, ...anyPage })),
    logoutUri: backChannel ? origin + backChannel : null,
    // A sign-out of the app ends the session at Authentik, too.
    invalidationFlow: 'full',
    // Its provider in production may be another one.
    redirectsWithoutHint: true,
  };
  return [
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'authentik-config' },
      data: { AUTHENTIK_PROFILE: '2026.8', AUTHENTIK_PROVIDERS: JSON.stringify([provider]) },
    },
    ...workload('authentik', {
      image: commonImages.authentik.reference,
      ports: authentikPorts,
      ready: { httpGet: { path: '/health', port: 'control' } },
      env: {
        ...listening({ PORT: authentikPorts.http, CONTROL_PORT: authentikPorts.control }),
        AUTHENTIK_API_TOKEN: 'api-token-for-tests-only',
      },
      configMaps: ['authentik-config'],
      secrets: ['control-plane'],
    }),
    ingress('authentik', hostsOf(app).auth, plainHttp ? 'web' : 'websecure'),
  ];
}
