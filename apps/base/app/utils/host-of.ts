/** The host of a URL as people read it: name, and port when it is not the usual one. */
export const hostOf = (url: string): string => new URL(url).host;
