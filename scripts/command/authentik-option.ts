import { InvalidArgumentError } from 'commander';
import { profiles } from '../../fixtures/authentik/settings/profile.ts';

/** What `--authentik` names: a profile of the mock, or the origin of a server. */
export type AuthentikOption = { profile: string } | { url: string };

export const authentikProfiles = Object.keys(profiles).join(', ');

export function profileOption(text: string): { profile: string } {
  if (Object.hasOwn(profiles, text)) return { profile: text };
  throw new InvalidArgumentError(`The profiles are: ${authentikProfiles}.`);
}

export const authentikOption = (text: string): AuthentikOption =>
  /^https?:/.test(text) ? { url: serverOrigin(text) } : profileOption(text);

/** The origin of a server, of its URL with or without a slash at the end. `names` are what may be given in its place. */
function serverOrigin(text: string, names = ''): string {
  const url = URL.parse(text);
  if (url && /^https?:$/.test(url.protocol) && `${url.origin}/` === url.href) return url.origin;
  throw new InvalidArgumentError(`Give ${names}the URL of a server without a path, such as http://127.0.0.1:9000.`);
}

/** What is measured, as the value of an option: two names, or the origin of a server. */
export const targetOption = (text: string): string =>
  ['mock', 'container'].includes(text) ? text : serverOrigin(text, '"mock", "container" or ');
