import { requestIdOf } from '../../../environment/request-id.ts';

declare module 'h3' {
  interface H3EventContext {
    /** Identifies the request in log lines of the apps and of platform-api. */
    requestId: string;
  }
}

/** Gives every request an id, and answers with it. */
export default defineNitroPlugin((nitro) => {
  nitro.hooks.hook('request', (event) => {
    const { headers } = event.node.req;
    const id = requestIdOf(headers['x-request-id']);
    // Requests that the server makes to itself for a page copy this header.
    headers['x-request-id'] = id;
    event.context.requestId = id;
    setResponseHeader(event, 'x-request-id', id);
  });
});
