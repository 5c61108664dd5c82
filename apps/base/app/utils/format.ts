// One locale and time zone for server and browser, so that both write the same text.
const dateTime = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short', timeZone: 'UTC' });

/** An ISO 8601 time as `4 Nov 2026, 13:05`, in UTC. */
export const formatTime = (iso: string): string => dateTime.format(new Date(iso));

const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'] as const;

/** Bytes in binary units, in which quotas are set, with at most one digit after the point: `1.5 GiB`. */
export const formatBytes = (bytes: number): string => {
  const power = bytes < 1 ? 0 : Math.min(Math.floor(Math.log2(bytes) / 10), units.length - 1);
  return `${Number((bytes / 1024 ** power).toFixed(1))} ${units[power]}`;
};

/** A name from Authentik as words: `dezky-operators` is `Operators`, `tenant-blue_sky` is `Blue sky`. */
export const words = (name: string): string => {
  const text = name.replace(/^(?:dezky|tenant)-(?=.)/, '').replaceAll(/[-_]+/g, ' ');
  return text.charAt(0).toUpperCase() + text.slice(1);
};

/** Names of groups as words, or `None`. */
export const groupWords = (groups: readonly string[]): string => groups.map(words).join(', ') || 'None';

/** The host of a URL for display: the name, and a port that is not the default. */
export const hostOf = (url: string): string => new URL(url).host;
