import { once } from 'node:events';
import { Agent as HttpAgent, createServer, request as httpRequest } from 'node:http';
import type { IncomingMessage, RequestListener, RequestOptions } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { connect, createServer as createTcpServer } from 'node:net';
import { text } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';
import { listening } from '../testing.ts';
import { createAuthority, openAuthority, type AuthorityMaterial } from '../run/certificate-authority.ts';
import { until } from '../until.ts';
import { Edge } from './edge.ts';
import type { Endpoint, Route } from './row.ts';

export const operatorHost = 'operator.fleet.example';
export const operatorUrl = `https://${operatorHost}`;

/** `operator` on https, with a redirect on http; `portal` on plain http. */
export const testRoutes: Route[] = [
  { host: operatorHost, path: '/', entryPoint: 'websecure', service: 'operator' },
  { host: operatorHost, path: '/', entryPoint: 'web', service: 'operator', redirectToHttps: true },
  { host: 'portal.fleet.example', path: '/', entryPoint: 'web', service: 'portal' },
];

/** An edge in this process with stub pods, over real sockets. It ends with the test. */
export type TestEdge = Awaited<ReturnType<typeof startTestEdge>>;

type SendOptions = RequestOptions & { body?: string };

let sharedAuthority: Promise<AuthorityMaterial> | undefined;

export async function startTestEdge(routes: readonly Route[] = testRoutes) {
  sharedAuthority ??= createAuthority({ runId: 'unit' });
  const authority = await sharedAuthority;
  const edge = await Edge.start({
    authority: openAuthority(authority),
    host: '127.0.0.1',
    port: 0,
    sessions: { cookie: '__Host-session', header: 'x-session' },
  });
  edge.routes.replace(routes);
  onTestFinished(() => edge.close());
  const address = `127.0.0.1:${edge.port}`;

  async function pod(name: string, handler: RequestListener) {
    const server = createServer(handler);
    let connections = 0;
    server.on('connection', () => connections++);
    const endpoint: Endpoint = { pod: name, host: '127.0.0.1', port: await listening(server) };
    return { endpoint, server, connections: () => connections };
  }

  /** Node's own proxy support, as pods use it with NODE_USE_ENV_PROXY. `user` is the pod's name. */
  function agents({ user = '', keepAlive = true } = {}) {
    const proxy = `http://${user ? `${user}:x@` : ''}${address}`;
    const proxyEnv = { HTTP_PROXY: proxy, HTTPS_PROXY: proxy };
    const made = {
      http: new HttpAgent({ keepAlive, proxyEnv }),
      https: new HttpsAgent({ keepAlive, proxyEnv, ca: authority.caCertPem }),
    };
    onTestFinished(() => Object.values(made).forEach((agent) => agent.destroy()));
    return made;
  }
  const shared = agents();

  /** The head of the response. The caller reads the body. */
  async function open(url: string, { body, ...options }: SendOptions = {}): Promise<IncomingMessage> {
    const isTls = url.startsWith('https:');
    const agent = options.agent ?? shared[isTls ? 'https' : 'http'];
    const outgoing = (isTls ? httpsRequest : httpRequest)(url, { ...options, agent });
    outgoing.end(body);
    const [reply] = (await once(outgoing, 'response')) as [IncomingMessage];
    return reply;
  }

  const rows = () => edge.ledger.read();

  return {
    edge,
    authority,
    proxyUrl: `http://${address}`,
    pod,
    agents,
    open,
    rows,
    /** Starts pods and makes them the endpoints of a service. */
    async serve(service: string, handlers: Record<string, RequestListener>) {
      const pods = await Promise.all(Object.entries(handlers).map(([name, handler]) => pod(name, handler)));
      edge.backends.replace(
        service,
        pods.map(({ endpoint }) => endpoint),
      );
      return pods;
    },
    /** A pod that sends these bytes on every connection and closes it. */
    async serveBytes(service: string, bytes: string) {
      const port = await listening(createTcpServer((socket) => socket.once('data', () => socket.end(bytes))));
      edge.backends.replace(service, [{ pod: 'bytes', host: '127.0.0.1', port }]);
    },
    async request(url: string, options?: SendOptions) {
      const reply = await open(url, options);
      const body = await text(reply);
      return { status: reply.statusCode ?? 0, headers: reply.headers, body };
    },
    async socket() {
      const socket = connect(edge.port, '127.0.0.1');
      await once(socket, 'connect');
      return socket;
    },
    /** Resolves with the rows once there are `count` of them. */
    rowsOnceThereAre: (count: number) =>
      until(() => rows().length >= count && rows(), {
        timeoutMs: 5_000,
        intervalMs: 5,
        failure: () => new Error(`Only ${rows().length} of ${count} rows came: ${JSON.stringify(rows())}`),
      }),
  };
}

export const servedBy =
  (pod: string): RequestListener =>
  (_request, response) => {
    response.setHeader('x-served-by', pod);
    response.end(pod);
  };
