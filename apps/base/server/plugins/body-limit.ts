import { bodyLimit, isTooLarge } from '../http/body.ts';

/** Refuses bodies by their headers, before any other handler. h3 would read a body of any size into memory. */
export default defineNitroPlugin(({ h3App }) => {
  const refuse = defineEventHandler((event) => {
    if (!isTooLarge(event.node.req.headers)) return;
    setResponseStatus(event, 413, 'Content Too Large');
    // Otherwise Node would read the rest of the body before the next request (RFC 9110 section 15.5.14).
    setResponseHeader(event, 'connection', 'close');
    return `The request body may have at most ${bodyLimit} bytes, and needs a Content-Length.`;
  });
  h3App.stack.unshift({ route: '/', handler: refuse });
});
