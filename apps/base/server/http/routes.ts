import type { H3Event } from 'h3';

/** What is served under a path, and who may request it. The middleware enforces it. */
export type Served =
  /** nuxt-oidc-auth's three, and where its callback leads. */
  | 'sign-in'
  | 'callback'
  | 'sign-out'
  | 'return'
  /** Answers for anyone. */
  | 'health'
  | 'favicon'
  | 'error page'
  /** A page for anyone; it is rendered without a session, also when there is one. */
  | 'public page'
  /** Data and pages for a session. */
  | 'session'
  | 'api'
  | 'page';

interface Route {
  path: string;
  serves: Served;
  methods: readonly string[];
}

/**
 * Everything that is open without a session or that signs in and out. Any other path needs a session or does not exist.
 */
export const routes: readonly Route[] = [
  { path: '/auth/oidc/login', serves: 'sign-in', methods: ['GET'] },
  { path: '/auth/oidc/callback', serves: 'callback', methods: ['GET'] },
  { path: '/auth/oidc/logout', serves: 'sign-out', methods: ['GET', 'POST'] },
  { path: '/auth/return', serves: 'return', methods: ['GET'] },
  { path: '/api/_auth/session', serves: 'session', methods: ['GET'] },
  { path: '/api/_health/live', serves: 'health', methods: ['GET'] },
  { path: '/api/_health/ready', serves: 'health', methods: ['GET'] },
  { path: '/sign-in', serves: 'public page', methods: ['GET', 'HEAD'] },
  { path: '/sign-out', serves: 'public page', methods: ['GET', 'HEAD'] },
  { path: '/signed-out', serves: 'public page', methods: ['GET', 'HEAD'] },
  { path: '/favicon.ico', serves: 'favicon', methods: ['GET', 'HEAD'] },
  // Only Nuxt itself requests it; the renderer responds with 404 to others.
  { path: '/__nuxt_error', serves: 'error page', methods: ['GET'] },
];

/** The rest, by how the path begins; the first that fits counts. */
export const folders: ReadonlyArray<{ path: string; serves?: Served; methods: readonly string[] }> = [
  { path: '/auth/', methods: [] },
  { path: '/api/_', methods: [] },
  { path: '/_', methods: [] },
  { path: '/api/', serves: 'api', methods: ['GET'] },
  { path: '/', serves: 'page', methods: ['GET', 'HEAD'] },
];

/** The result of matching a request. `not found`: 404. `wrong method`: 405. `respelled`: a page, under another spelling of `path`. */
export type RouteMatch =
  | { match: Served }
  | { match: 'not found' }
  | { match: 'wrong method'; allow: readonly string[] }
  | { match: 'respelled'; target: string };

/**
 * The one spelling in which a path is served: segments of letters, digits, `-` and `_`, without encoding, dots, empty
 * segments or a slash at the end. The routers behind it (radix3, vue-router) each accept other spellings of the same
 * path. A guard that accepts none of them cannot disagree with them.
 */
const canonical = /^\/(?:[\w-]+(?:\/[\w-]+)*)?$/;

const named = (method: string, path: string): RouteMatch => {
  const route =
    routes.find((candidate) => candidate.path === path) ??
    (canonical.test(path) ? folders.find((folder) => path.startsWith(folder.path)) : undefined);
  if (!route?.serves) return { match: 'not found' };
  return route.methods.includes(method) ? { match: route.serves } : { match: 'wrong method', allow: route.methods };
};

/** Extra slashes, as people type and mail them. */
const withoutSurplusSlashes = (path: string): string => path.replace(/\/{2,}/g, '/').replace(/(?<=.)\/$/, '');

/**
 * What a method and a request target (RFC 9112 section 3.2), as they came over the wire, ask for. The absolute form and
 * `*` ask for nothing here: no proxy in front of the apps sends them.
 */
export const matchRoute = (method: string, target: string): RouteMatch => {
  const end = target.search(/[?#]/);
  const [path, rest] = end === -1 ? [target, ''] : [target.slice(0, end), target.slice(end)];
  // A request target has no fragment; the router of the pages would find one all the same.
  if (rest.includes('#')) return { match: 'not found' };
  const found = named(method, path);
  if (found.match !== 'not found') return found;
  const tidy = withoutSurplusSlashes(path);
  const { match } = named(method, tidy);
  const isPage = match === 'page' || match === 'public page';
  return tidy !== path && isPage ? { match: 'respelled', target: tidy + rest } : found;
};

/** What a request asks for. h3 keeps the target as it came in `req.url`, and what it made of it in `event.path`. */
export const routeOf = (event: H3Event): RouteMatch => matchRoute(event.method, event.node.req.url ?? '');
