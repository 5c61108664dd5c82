/** The host of a URL for display: the name, and a port that is not the default. */
export const hostOf = (url: string): string => new URL(url).host;
