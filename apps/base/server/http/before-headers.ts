import type { ServerResponse } from 'node:http';

/** Calls `change` just before a response sends its headers, whichever handler sends them. */
export const beforeHeaders = (response: ServerResponse, change: () => void): void => {
  const { writeHead } = response;
  response.writeHead = function (this: ServerResponse, ...args: unknown[]) {
    change();
    return (writeHead as (...args: unknown[]) => ServerResponse).apply(this, args);
  } as typeof writeHead;
};

/** Changes each `set-cookie` header of a response just before it is sent. */
export const changeCookies = (response: ServerResponse, change: (header: string) => string): void =>
  beforeHeaders(response, () => {
    const cookies = [response.getHeader('set-cookie') ?? []].flat().map((cookie) => change(String(cookie)));
    if (cookies.length > 0) response.setHeader('set-cookie', cookies);
  });
