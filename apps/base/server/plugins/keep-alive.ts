/**
 * Milliseconds an idle connection is kept. Longer than the ingress keeps it (Traefik: 90 s), so that the ingress is
 * always the one to close: the other way round a request can meet a connection that is just going away.
 */
const keepAliveTimeout = 95_000;

/** Nitro's node-server does not hand out its server, but each connection knows it. */
export default defineNitroPlugin((nitro) => {
  nitro.hooks.hook('request', (event) => {
    const socket = event.node.req.socket as { server?: { keepAliveTimeout: number } } | undefined;
    if (socket?.server) socket.server.keepAliveTimeout = keepAliveTimeout;
  });
});
