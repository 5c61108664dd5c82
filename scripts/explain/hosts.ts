import { appNames } from '../../apps/environment/apps.ts';
import { HarnessError } from '../../fleet/errors.ts';

/** What a host of a fleet of these apps can be. */
const roles: readonly string[] = [...appNames, 'auth'];

/** The first of them, for a sentence. @throws HarnessError without one. */
export function listOf(hosts: ReadonlySet<string>): string {
  if (hosts.size === 0)
    throw new HarnessError(
      'It has no request over HTTP. Record the network log while the 401 happens, then export it.',
    );
  return [...hosts].slice(0, 5).join(', ') + (hosts.size > 5 ? ` and ${hosts.size - 5} others` : '');
}

/** `host=app` of `--map`. @throws HarnessError for anything else. */
function mapped(text: string, hosts: ReadonlySet<string>): [host: string, role: string] {
  const [, host = '', role = ''] = /^([^=\s]+)=(.+)$/.exec(text) ?? [];
  if (!roles.includes(role)) {
    const forms = roles.map((name) => `--map ${host || 'login.example.com'}=${name}`);
    throw new HarnessError(`--map ${text} is not host=<app>. Give one of: ${forms.join(', ')}`);
  }
  if (hosts.has(host.toLowerCase())) return [host.toLowerCase(), role];
  throw new HarnessError(`--map ${host}: the recording has no request to it, but to ${listOf(hosts)}.`);
}

/**
 * Which hosts of a recording are which of the fleet: by `--map`, or by the left-most label of the name.
 * @throws HarnessError when none is an app, or two are the same one, or when `--map` names a host that is not among them.
 */
export function rolesOf(hosts: ReadonlySet<string>, map: readonly string[]): Map<string, string> {
  const list = listOf(hosts);
  const given = new Map(map.map((text) => mapped(text, hosts)));
  const isGiven = new Set(given.values());
  const byLabel = [...hosts]
    .map((host): [string, string] => [host, host.split(/[.:]/)[0]!])
    .filter(([host, label]) => roles.includes(label) && !isGiven.has(label) && !given.has(host));
  for (const app of appNames) {
    const [one, ...others] = byLabel.filter(([, label]) => label === app).map(([host]) => host);
    if (others.length > 0)
      throw new HarnessError(
        `Several hosts could be ${app}: ${[one, ...others].join(', ')}. Say which is: --map ${one}=${app}`,
      );
  }
  const found = new Map([...byLabel, ...given]);
  if ([...found.values()].some((role) => role !== 'auth')) return found;
  throw new HarnessError(
    `None of its hosts is one of these apps (${appNames.join(', ')}): it has requests to ${list}. ` +
      `If one of them is: --map ${[...hosts][0]}=${appNames[0]}`,
  );
}
