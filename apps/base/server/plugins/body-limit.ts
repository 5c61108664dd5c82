import { setTimeout as delay } from 'node:timers/promises';
import { bodyLimit, isTooLarge } from '../http/body.ts';

/** Milliseconds that a client has to finish its body, which is dropped (RFC 9112 section 9.6). */
const lingerMs = 1000;

/** Refuses bodies by their headers, before any other handler. h3 would read a body of any size into memory. */
export default defineNitroPlugin(({ h3App }) => {
  const refuse = defineEventHandler(async (event) => {
    const { req } = event.node;
    if (!isTooLarge(req.headers)) return;
    setResponseStatus(event, 413, 'Content Too Large');
    // A connection that is closed while the client still sends is reset, which can drop the response.
    const finished = new Promise((resolve) => req.once('end', resolve).once('error', resolve).resume());
    await Promise.race([finished, delay(lingerMs, undefined, { ref: false })]);
    if (!req.complete) setResponseHeader(event, 'connection', 'close');
    return `The request body may have at most ${bodyLimit} bytes, and needs a Content-Length.`;
  });
  h3App.stack.unshift({ route: '/', handler: refuse });
});
