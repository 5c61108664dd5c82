import { InvalidArgumentError } from 'commander';
import { profiles } from '../fixtures/authentik/profile.ts';

/** What `--authentik` names: a profile of the mock, or the origin of a server. */
export type AuthentikOption = { profile: string } | { url: string };

export const authentikProfiles = Object.keys(profiles).join(', ');

/** A profile, as the value of an option. */
export function profileOption(text: string): { profile: string } {
  if (Object.hasOwn(profiles, text)) return { profile: text };
  throw new InvalidArgumentError(`The profiles are: ${authentikProfiles}.`);
}

/** A profile, or the URL of a server, as the value of an option. */
export function authentikOption(text: string): AuthentikOption {
  if (!/^https?:/.test(text)) return profileOption(text);
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url && `${url.origin}/` === url.href) return { url: url.origin };
  throw new InvalidArgumentError('Give the URL of a server without a path, such as http://127.0.0.1:9000.');
}
