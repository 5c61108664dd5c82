import { randomUUID } from 'node:crypto';

declare module 'h3' {
  interface H3EventContext {
    /** Identifies the request in log lines of the apps and of platform-api. */
    requestId: string;
  }
}

/** A request id that the ingress may have set. Any other value could contain anything. */
const wellFormed = /^[\w.-]{8,64}$/;

/** Gives every request an id, and answers with it. */
export default defineNitroPlugin((nitro) => {
  nitro.hooks.hook('request', (event) => {
    const { headers } = event.node.req;
    const received = headers['x-request-id'];
    const id = typeof received === 'string' && wellFormed.test(received) ? received : randomUUID();
    // Requests that the server makes to itself for a page copy this header.
    headers['x-request-id'] = id;
    event.context.requestId = id;
    setResponseHeader(event, 'x-request-id', id);
  });
});
