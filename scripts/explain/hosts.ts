import { HarnessError } from '../../fleet/errors.ts';

export type HostRole<App extends string> = App | 'auth';

const isRole = <App extends string>(text: string, apps: readonly App[]): text is HostRole<App> =>
  text === 'auth' || (apps as readonly string[]).includes(text);

/** `host=app` of `--map`. @throws HarnessError for anything else. */
export function parseMap<App extends string>(
  texts: readonly string[],
  apps: readonly App[],
): Map<string, HostRole<App>> {
  return new Map(
    texts.map((text) => {
      const [, host = '', role = ''] = /^([^=\s]+)=(.+)$/.exec(text) ?? [];
      if (host && isRole(role, apps)) return [host.toLowerCase(), role];
      const roles = [...apps, 'auth'];
      const forms = roles.map((name) => `--map ${host || 'login.example.com'}=${name}`);
      throw new HarnessError(`--map ${text} is not host=<app>. Give one of: ${forms.join(', ')}`);
    }),
  );
}

/** The first of them, for a sentence. @throws HarnessError without one. */
export function listOf(hosts: ReadonlySet<string>): string {
  if (hosts.size === 0)
    throw new HarnessError(
      'It has no request over HTTP. Record the network log while the 401 happens, then export it.',
    );
  return [...hosts].slice(0, 5).join(', ') + (hosts.size > 5 ? ` and ${hosts.size - 5} others` : '');
}

/**
 * Which hosts of a recording are which of the fleet: by `--map`, or by the left-most label of the name.
 * @throws HarnessError when none is an app, or two are the same one, or when `--map` names a host that is not among them.
 */
export function rolesOf<App extends string>(
  hosts: ReadonlySet<string>,
  appNames: readonly App[],
  given: ReadonlyMap<string, HostRole<App>> = new Map(),
): Map<string, HostRole<App>> {
  const list = listOf(hosts);
  const unknown = [...given.keys()].find((host) => !hosts.has(host));
  if (unknown !== undefined)
    throw new HarnessError(`--map ${unknown}: the recording has no request to it, but to ${list}.`);
  const found = [...hosts].flatMap((host): Array<[string, HostRole<App>]> => {
    const [label = ''] = host.split(/[.:]/);
    const isGiven = [...given.values()].some((role) => role === label);
    const role = given.get(host) ?? (isRole(label, appNames) && !isGiven ? label : undefined);
    return role ? [[host, role]] : [];
  });
  for (const app of appNames) {
    const [one, ...others] = found.filter(([host, role]) => role === app && !given.has(host)).map(([host]) => host);
    if (others.length > 0)
      throw new HarnessError(
        `Several hosts could be ${app}: ${[one, ...others].join(', ')}. Say which is: --map ${one}=${app}`,
      );
  }
  if (found.some(([, role]) => role !== 'auth')) return new Map(found);
  throw new HarnessError(
    `None of its hosts is one of these apps (${appNames.join(', ')}): it has requests to ${list}. ` +
      `If one of them is: --map ${[...hosts][0]}=${appNames[0]}`,
  );
}
