import { Socket } from 'node:net';
import { timeouts } from '../settings/session-times.ts';

declare module 'h3' {
  interface H3EventContext {
    /** When the request must be answered, in milliseconds of `performance.now()`. */
    deadline: number;
  }
}

const header = 'x-deadline';

/** Sets the deadline of every request. Requests that the server makes to itself copy this header and share the deadline. */
export default defineNitroPlugin((nitro) => {
  nitro.hooks.hook('request', (event) => {
    const { headers, socket } = event.node.req;
    const ofPage = socket instanceof Socket ? undefined : headers[header];
    event.context.deadline = Number(ofPage) || performance.now() + timeouts.request;
    headers[header] = String(event.context.deadline);
  });
});
