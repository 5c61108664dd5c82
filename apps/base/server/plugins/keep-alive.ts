/**
 * Milliseconds an idle connection is kept. Longer than the ingress keeps it (Traefik: 90 s), so that the ingress always
 * closes first. Otherwise a request can be sent on a connection that the app is just closing.
 */
const keepAliveTimeout = 95_000;

/** Nitro's node-server does not expose its server, but each connection references it. */
export default defineNitroPlugin((nitro) => {
  nitro.hooks.hook('request', (event) => {
    const socket = event.node.req.socket as { server?: { keepAliveTimeout: number } } | undefined;
    if (socket?.server) socket.server.keepAliveTimeout = keepAliveTimeout;
  });
});
