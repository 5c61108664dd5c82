import { setTimeout as delay } from 'node:timers/promises';
import { bodyLimit, isTooLarge } from '../http/body.ts';

/** Milliseconds that a client has to finish its body, which is dropped (RFC 9112 section 9.6). */
const lingerMs = 2000;

const answer = `The request body may have at most ${bodyLimit} bytes, and needs a Content-Length.`;

/** Refuses bodies by their headers, before any other handler. h3 would read a body of any size into memory. */
export default defineNitroPlugin(({ h3App }) => {
  const refuse = defineEventHandler(async (event) => {
    const { req, res } = event.node;
    if (!isTooLarge(req.headers)) return;
    const finished = new Promise((resolve) => req.once('end', resolve).once('error', resolve).resume());
    res.writeHead(413, { 'content-type': 'text/plain', 'content-length': answer.length }).write(answer);
    // A connection that is closed while the client still sends is reset, which can drop the response.
    await Promise.race([finished, delay(lingerMs, undefined, { ref: false })]);
    res.end();
    if (!req.complete) req.destroy();
  });
  h3App.stack.unshift({ route: '/', handler: refuse });
});
