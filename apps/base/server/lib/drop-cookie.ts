import type { H3Event } from 'h3';

/** Lets the rest of a request, and the ones made for it, see no such cookie. The browser keeps it. */
export const dropCookie = (event: H3Event, name: string): void => {
  const { headers } = event.node.req;
  const kept = headers.cookie?.split(/;\s*/).filter((pair) => !pair.startsWith(`${name}=`));
  if (kept) headers.cookie = kept.join('; ');
};
