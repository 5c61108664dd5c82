import { appNames, sessionApp, sessionApps, type AppName } from '../../apps/environment/apps.ts';
import { HarnessError } from '../../fleet/errors.ts';
import type { RecordedExchange } from './exchange.ts';

/** What the host of a request is in a fleet. */
export type HostRole = AppName | 'auth';

const roles: readonly string[] = [...appNames, 'auth'];
const signInPaths = /^\/auth\/oidc\/(?:login|callback|logout)$|^\/api\/_auth\/session$/;
const authentikPaths = /^\/(?:application\/o|if\/flow|api\/v3\/flows)\//;

/** `host=operator` of `--map`. @throws HarnessError for anything else. */
export function parseMap(texts: readonly string[]): Map<string, HostRole> {
  const map = new Map<string, HostRole>();
  for (const text of texts) {
    const [, given = '', role = ''] = /^([^=\s]+)=(.+)$/.exec(text) ?? [];
    const host = given.toLowerCase();
    if (!host || !roles.includes(role)) {
      throw new HarnessError(
        `--map ${text} is not host=<app>. Give one of: ${roles.map((name) => `--map ${given || 'login.example.com'}=${name}`).join(', ')}`,
      );
    }
    map.set(host, role as HostRole);
  }
  return map;
}

/**
 * Which hosts of a recording are which of the fleet: by `--map`, by the left-most label of the name, or by what was
 * asked of them. @throws HarnessError when none is an app, or when `--map` names a host that none has.
 */
export function rolesOf(
  exchanges: readonly RecordedExchange[],
  given: ReadonlyMap<string, HostRole> = new Map(),
): Map<string, HostRole> {
  const byHost = Map.groupBy(exchanges, ({ url }) => url.host);
  const hosts = [...byHost.keys()];
  const unknown = [...given.keys()].find((host) => !byHost.has(host));
  if (unknown !== undefined)
    throw new HarnessError(`--map ${unknown}: the recording has no request to it, but to ${listed(hosts)}.`);
  const found = new Map<string, HostRole>();
  for (const [host, its] of byHost) {
    const role = given.get(host) ?? byLabel(host) ?? byPaths(its.map(({ url }) => url.pathname));
    if (role) found.set(host, role);
  }
  if ([...found.values()].some((role) => role !== 'auth')) return found;
  if (hosts.length === 0)
    throw new HarnessError(
      'It has no request over HTTP. Record the network log while the 401 happens, then export it.',
    );
  throw new HarnessError(
    `None of its hosts is one of these apps (${appNames.join(', ')}): it has requests to ${listed(hosts)}. ` +
      `If one of them is: --map ${hosts[0]}=${appNames[0]}`,
  );
}

const listed = (hosts: readonly string[]): string =>
  hosts.slice(0, 5).join(', ') + (hosts.length > 5 ? ` and ${hosts.length - 5} others` : '');

const byLabel = (host: string): HostRole | undefined => {
  const [label = ''] = host.split(/[.:]/);
  return roles.includes(label) ? (label as HostRole) : undefined;
};

function byPaths(paths: readonly string[]): HostRole | undefined {
  if (paths.some((path) => authentikPaths.test(path))) return 'auth';
  if (!paths.some((path) => signInPaths.test(path) || path.startsWith('/api/'))) return undefined;
  return sessionApps.find(({ name }) => ownPaths(name).some((path) => paths.includes(path)))?.name;
}

/** Paths that no other app has. */
const ownPaths = (app: AppName): string[] => {
  const others = new Set(appNames.filter((name) => name !== app).flatMap(pathsOf));
  return pathsOf(app).filter((path) => !others.has(path));
};
const pathsOf = (app: AppName): string[] => [...sessionApp[app].pages, ...sessionApp[app].api];
