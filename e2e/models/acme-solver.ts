import type { KubeObject } from '../../fleet/manifests/objects.ts';
import { nodeDeployment } from './node-deployment.ts';

/** The HTTP-01 challenge of a certificate authority to a host (RFC 8555 section 8.3). */
export interface Http01Challenge {
  host: string;
  token: string;
  /** The expected response for the token. */
  keyAuthorization: string;
}

export const challengePath = (token: string): string => `/.well-known/acme-challenge/${token}`;

/** Like cert-manager's acmesolver (pkg/issuer/acme/http/solver/solver.go): it serves its token, and 404 otherwise. */
const server = `
const { HOST, TOKEN, KEY } = process.env;
require('node:http').createServer((request, response) => {
  const host = request.headers.host.replace(/:\\d+$/, '');
  const isOurs = host === HOST && request.url === '/.well-known/acme-challenge/' + TOKEN;
  response.writeHead(isOurs || request.url === '/healthz' ? 200 : 404).end(isOurs ? KEY : '');
}).listen(8089);
process.on('SIGTERM', () => process.exit(0));
`;

/**
 * The objects that cert-manager creates for one challenge (pkg/issuer/acme/http/{pod,service,ingress}.go): a separate
 * Ingress for the token's path, without TLS and without entry points. A Deployment replaces its bare Pod, since the
 * account of the cluster engine may not create Pods.
 */
export function acmeSolver(name: string, { host, token, keyAuthorization }: Http01Challenge): KubeObject[] {
  const labels = { 'app.kubernetes.io/name': name, 'acme.cert-manager.io/http01-solver': 'true' };
  return [
    nodeDeployment(name, {
      labels,
      program: server,
      env: { HOST: host, TOKEN: token, KEY: keyAuthorization },
      container: {
        ports: [{ name: 'http', containerPort: 8089 }],
        readinessProbe: { httpGet: { path: '/healthz', port: 'http' }, periodSeconds: 1 },
      },
    }),
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name, namespace: 'dezky', labels },
      spec: {
        selector: { 'app.kubernetes.io/name': name },
        ports: [{ name: 'http', port: 8089, targetPort: 'http' }],
      },
    },
    {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'Ingress',
      metadata: { name, namespace: 'dezky', labels },
      spec: {
        ingressClassName: 'traefik',
        rules: [
          {
            host,
            http: {
              paths: [
                {
                  path: challengePath(token),
                  pathType: 'Exact',
                  backend: { service: { name, port: { number: 8089 } } },
                },
              ],
            },
          },
        ],
      },
    },
  ];
}
