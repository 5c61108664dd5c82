import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { pipeline, Transform } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import type { Endpoint } from '../../edge/row.ts';
import type { NetworkFault } from '../shared/engine.ts';
import { host } from './ports.ts';

/** Replaces kube-proxy at a Service port: a stable address. */
export interface ServiceProxy {
  port: number;
  /** Injects a fault into its connections until the next call; none: they work again. */
  setNetworkFault(fault?: NetworkFault): void;
  close(): Promise<void>;
}

/** A connection, and the fault of those that were open when it began. */
type Link = Pick<NetworkFault, 'openConnections'> & { end: () => void };

/**
 * Sends connections to the endpoints in turn. It chooses per connection, not per request, and does not retry: the
 * client sees an endpoint that refuses.
 * @param affinity `ClientIP` keeps the connections of an address on one pod.
 */
export async function startServiceProxy(
  port: number,
  endpoints: () => readonly Endpoint[],
  affinity: 'None' | 'ClientIP' = 'None',
): Promise<ServiceProxy> {
  const sockets = new Set<Socket>();
  const track = (socket: Socket) => sockets.add(socket.once('close', () => sockets.delete(socket)));
  const podOfClient = new Map<string, string>();
  const links = new Set<Link>();
  let fault: NetworkFault = {};
  let turn = 0;

  const choose = (address: string): Endpoint | undefined => {
    const all = endpoints().filter(({ pod }) => fault.newConnectionsTo === undefined || pod === fault.newConnectionsTo);
    const kept = all.find(({ pod }) => pod === podOfClient.get(address));
    const endpoint = kept ?? all[turn++ % Math.max(1, all.length)];
    if (endpoint && affinity === 'ClientIP') podOfClient.set(address, endpoint.pod);
    return endpoint;
  };

  const server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
    track(client);
    const endpoint = choose(client.remoteAddress ?? '');
    if (!endpoint) {
      // Resets the accepted connection, which is closest to refusing it.
      client.resetAndDestroy();
      return;
    }
    const upstream = connect({ host: endpoint.host, port: endpoint.port, allowHalfOpen: true, noDelay: true });
    track(upstream);
    // A reset, as the client would see without a proxy. It must come before the pipelines close the connection cleanly.
    upstream.once('error', () => client.resetAndDestroy());
    // A failure of one direction ends both. A clean end of one leaves the other open.
    const close = (error: Error | null | undefined): void => {
      if (!error) return;
      client.destroy();
      upstream.destroy();
    };
    const link: Link = { end: () => client.resetAndDestroy() };
    links.add(link);
    client.once('close', () => links.delete(link));
    pipeline(
      client,
      faultyStream(() => ({ openConnections: link.openConnections === 'silent' ? 'silent' : undefined })),
      upstream,
      close,
    );
    pipeline(
      upstream,
      faultyStream(() => ({ delayMs: fault.delayMs, ...link })),
      client,
      close,
    );
  });
  await once(server.listen(port, host), 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    setNetworkFault: (next = {}) => {
      fault = next;
      for (const link of links) {
        // The other end no longer knows a connection whose bytes were lost.
        if (link.openConnections === 'silent') link.end();
        link.openConnections = next.openConnections;
      }
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

/** One direction of a connection, with the fault that there is when bytes arrive. */
function faultyStream(
  condition: () => Pick<NetworkFault, 'openConnections'> & { delayMs?: number | undefined; end?: () => void },
): Transform {
  // Late bytes stay in their order, and those after them do not wait longer for that.
  let late = Promise.resolve();
  let waiting = 0;
  const pushLater = async (stream: Transform, chunk: Buffer, delayMs: number, before: Promise<void>): Promise<void> => {
    waiting += 1;
    await Promise.all([before, delay(delayMs)]);
    stream.push(chunk);
    waiting -= 1;
  };
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      const { openConnections, delayMs, end } = condition();
      if (openConnections === 'silent') return done();
      if (openConnections === 'cut') {
        if (end) setImmediate(end);
        return done(null, chunk.subarray(0, 1));
      }
      if (delayMs === undefined && waiting === 0) return done(null, chunk);
      late = pushLater(this, chunk, delayMs ?? 0, late);
      done();
    },
    flush: async (done) => {
      await late;
      done();
    },
  });
}

/** Finds the local listener of a Service port; undefined when there is no such Service or port. */
export type ServiceLookup = (service: string, port: number) => { port: number } | undefined;

const defaultPorts: Readonly<Record<string, number>> = { http: 80, https: 443, redis: 6379, rediss: 6379, ws: 80 };

/** scheme, user info, host, port, the rest */
const url = /^([a-z][a-z0-9+.-]*):\/\/((?:[^@/?#]*@)?)([a-z0-9.-]+)(?::(\d+))?([/?#].*)?$/i;

/**
 * Replaces a Service in a URL with its listener on this machine, because there is no cluster DNS:
 * `redis://data:6379/1`, `http://api`. A name or port without a Service stays unchanged: it cannot be
 * resolved here, and would not be reachable in a cluster.
 */
export function withLocalServices(value: string, namespace: string, lookup: ServiceLookup): string {
  const [, scheme = '', user = '', named = '', port, rest = ''] = url.exec(value) ?? [];
  const number = port === undefined ? defaultPorts[scheme.toLowerCase()] : Number(port);
  const local = number === undefined ? undefined : lookup(serviceName(named, namespace), number);
  return local ? `${scheme}://${user}${host}:${local.port}${rest}` : value;
}

/** `data`, `data.shop`, `data.shop.svc` and `data.shop.svc.cluster.local` are the same. */
const serviceName = (named: string, namespace: string): string =>
  ['.cluster.local', '.svc', `.${namespace}`].reduce(
    (name, suffix) => (name.endsWith(suffix) ? name.slice(0, -suffix.length) : name),
    named,
  );
