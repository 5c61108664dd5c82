import type { H3Event } from 'h3';
import { nameInBrowsers } from './host-cookies.ts';

/** Lets the rest of a request, and the ones made for it, see no such cookie. The browser keeps it. */
export const dropCookie = (event: H3Event, name: string): void => {
  const { headers } = event.node.req;
  const names = [name, nameInBrowsers(name)];
  const kept = headers.cookie?.split(/;\s*/).filter((pair) => !names.some((known) => pair.startsWith(`${known}=`)));
  if (kept) headers.cookie = kept.join('; ');
};
