import { bodyLimit, isTooLarge } from '../http/body.ts';

/** Milliseconds that a client has to finish its body (RFC 9112 section 9.6). */
const lingerMs = 1000;

/** Refuses bodies by their headers, before any other handler. h3 would read a body of any size into memory. */
export default defineNitroPlugin(({ h3App }) => {
  const refuse = defineEventHandler((event) => {
    if (!isTooLarge(event.node.req.headers)) return;
    setResponseStatus(event, 413, 'Content Too Large');
    const { req } = event.node;
    // Node reads and drops the rest of the body. A client that is still sending reads the response only then.
    setTimeout(() => req.complete || req.socket.destroy(), lingerMs).unref();
    return `The request body may have at most ${bodyLimit} bytes, and needs a Content-Length.`;
  });
  h3App.stack.unshift({ route: '/', handler: refuse });
});
