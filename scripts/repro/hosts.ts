import { appNames, sessionApp, sessionApps, type AppName } from '../../apps/environment/apps.ts';
import { HarnessError } from '../../fleet/errors.ts';
import type { Exchange } from './exchange.ts';

/** What the host of a request is in a fleet. */
export type Role = AppName | 'auth';

const roles: readonly string[] = [...appNames, 'auth'];
const signInPaths = /^\/auth\/oidc\/(?:login|callback|logout)$|^\/api\/_auth\/session$/;
const authentikPaths = /^\/(?:application\/o|if\/flow|api\/v3\/flows)\//;

/** `host=operator` of `--map`. @throws HarnessError for anything else. */
export function parseMap(texts: readonly string[]): Map<string, Role> {
  return new Map(
    texts.map((text) => {
      const [, host = '', role = ''] = /^([^=\s]+)=(.+)$/.exec(text) ?? [];
      if (host && roles.includes(role)) return [host.toLowerCase(), role as Role];
      throw new HarnessError(
        `--map ${text} is not host=<app>. Give one of: ${roles.map((name) => `--map ${host || 'login.example.com'}=${name}`).join(', ')}`,
      );
    }),
  );
}

/**
 * Which hosts of a recording are which of the fleet: by `--map`, by the left-most label of the name, or by what was
 * asked of them. @throws HarnessError when none is an app.
 */
export function rolesOf(
  exchanges: readonly Exchange[],
  given: ReadonlyMap<string, Role> = new Map(),
): Map<string, Role> {
  const byHost = Map.groupBy(exchanges, ({ url }) => url.host);
  const found = new Map<string, Role>();
  for (const [host, its] of byHost) {
    const role = given.get(host) ?? byLabel(host) ?? byPaths(its.map(({ url }) => url.pathname));
    if (role) found.set(host, role);
  }
  if ([...found.values()].some((role) => role !== 'auth')) return found;
  const hosts = [...byHost.keys()];
  const shown = hosts.slice(0, 5).join(', ') + (hosts.length > 5 ? ` and ${hosts.length - 5} others` : '');
  throw new HarnessError(
    `None of its hosts is one of these apps (${appNames.join(', ')}): it has requests to ${shown}. ` +
      `If one of them is: --map ${hosts[0]}=${appNames[0]}`,
  );
}

const byLabel = (host: string): Role | undefined => {
  const [label = ''] = host.split(/[.:]/);
  return roles.includes(label) ? (label as Role) : undefined;
};

function byPaths(paths: readonly string[]): Role | undefined {
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
