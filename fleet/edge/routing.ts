import type { Route } from './row.ts';

type EntryPoint = Route['entryPoint'];

/** The port of an entry point, as implied by the scheme of its URLs. */
export const defaultPort: Readonly<Record<EntryPoint, number>> = { web: 80, websecure: 443 };
export const schemeOf: Readonly<Record<EntryPoint, string>> = { web: 'http', websecure: 'https' };

/** Finds the route of a request among the routes of the fleet's Ingresses. */
export class RouteTable {
  /** Host -> its routes, longest path first. */
  #byHost = new Map<string, Route[]>();

  replace(routes: readonly Route[]): void {
    const sorted = routes.toSorted((a, b) => b.path.length - a.path.length);
    this.#byHost = Map.groupBy(sorted, (route) => route.host.toLowerCase());
  }

  /** True when any route names the host. */
  hasHost(host: string): boolean {
    return this.#byHost.has(host);
  }

  /** The route with the longest path prefix on that host and entry point. `path` has no query. */
  match(host: string, path: string, entryPoint: EntryPoint): Route | undefined {
    return this.#byHost.get(host)?.find((route) => route.entryPoint === entryPoint && isUnder(path, route.path));
  }
}

/** Matches whole path elements, like pathType `Prefix` of an Ingress: `/a` covers `/a` and `/a/b`, not `/ab`. */
export function isUnder(path: string, prefix: string): boolean {
  if (!path.startsWith(prefix)) return false;
  return prefix.endsWith('/') || path.length === prefix.length || path[prefix.length] === '/';
}
