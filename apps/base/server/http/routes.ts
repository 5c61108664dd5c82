import type { H3Event } from 'h3';

/** What is served under a path, and who may request it. The middleware enforces this. */
export type Served =
  /** The three routes of nuxt-oidc-auth, and the route that its callback redirects to. */
  | 'sign-in'
  | 'callback'
  | 'sign-out'
  | 'return'
  /** The endpoint that Authentik sends logout tokens to, without a browser. */
  | 'back-channel sign-out'
  /** API responses that need no session. */
  | 'health'
  | 'favicon'
  | 'error page'
  /** A page that needs no session. It is rendered without one, even when the visitor has one. */
  | 'public page'
  /** Data and pages that need a session. */
  | 'session'
  | 'api'
  | 'page';

interface Route {
  path: string;
  serves: Served;
  methods: readonly string[];
}

/** All paths that need no session, and all that sign in or out. Any other path needs a session or does not exist. */
export const routes: readonly Route[] = [
  { path: '/auth/oidc/login', serves: 'sign-in', methods: ['GET'] },
  { path: '/auth/oidc/callback', serves: 'callback', methods: ['GET'] },
  { path: '/auth/oidc/logout', serves: 'sign-out', methods: ['GET', 'POST'] },
  { path: '/auth/oidc/backchannel-logout', serves: 'back-channel sign-out', methods: ['POST'] },
  { path: '/auth/return', serves: 'return', methods: ['GET'] },
  { path: '/api/_auth/session', serves: 'session', methods: ['GET'] },
  { path: '/api/_health/live', serves: 'health', methods: ['GET'] },
  { path: '/api/_health/ready', serves: 'health', methods: ['GET'] },
  { path: '/sign-in', serves: 'public page', methods: ['GET', 'HEAD'] },
  { path: '/sign-out', serves: 'public page', methods: ['GET', 'HEAD'] },
  { path: '/signed-out', serves: 'public page', methods: ['GET', 'HEAD'] },
  { path: '/favicon.ico', serves: 'favicon', methods: ['GET', 'HEAD'] },
  // Requested only by Nuxt itself. The renderer responds with 404 to other clients.
  { path: '/__nuxt_error', serves: 'error page', methods: ['GET'] },
];

/** All other paths, by prefix. The first match wins. */
export const folders: ReadonlyArray<{ path: string; serves?: Served; methods: readonly string[] }> = [
  { path: '/auth/', methods: [] },
  { path: '/api/_', methods: [] },
  { path: '/_', methods: [] },
  { path: '/api/', serves: 'api', methods: ['GET'] },
  { path: '/', serves: 'page', methods: ['GET', 'HEAD'] },
];

/**
 * The result of matching a request. `not found`: 404. `wrong method`: 405. `respelled`: a page, under another spelling
 * of `path`.
 */
export type RouteMatch =
  | { match: Served }
  | { match: 'not found' }
  | { match: 'wrong method'; allow: readonly string[] }
  | { match: 'respelled'; target: string };

/**
 * The only spelling in which a path is served: segments of letters, digits, `-` and `_`, without encoding, dots, empty
 * segments or a trailing slash. The routers behind the guard (radix3, vue-router) each accept other spellings of the
 * same path. A guard that accepts no other spelling cannot disagree with them.
 */
const canonical = /^\/(?:[\w-]+(?:\/[\w-]+)*)?$/;

const named = (method: string, path: string): RouteMatch => {
  const route =
    routes.find((candidate) => candidate.path === path) ??
    (canonical.test(path) ? folders.find((folder) => path.startsWith(folder.path)) : undefined);
  if (!route?.serves) return { match: 'not found' };
  return route.methods.includes(method) ? { match: route.serves } : { match: 'wrong method', allow: route.methods };
};

/**
 * Matches a method and a request target (RFC 9112 section 3.2) as received. The absolute form and `*` match no route:
 * no proxy in front of the apps sends them.
 */
export const matchRoute = (method: string, target: string): RouteMatch => {
  const end = target.search(/[?#]/);
  const [path, rest] = end === -1 ? [target, ''] : [target.slice(0, end), target.slice(end)];
  // A request target has no fragment, but the page router would parse one.
  if (rest.includes('#')) return { match: 'not found' };
  const found = named(method, path);
  if (found.match !== 'not found') return found;
  // Extra slashes are common in typed and mailed links.
  const tidy = path.replace(/\/{2,}/g, '/').replace(/(?<=.)\/$/, '');
  const { match } = named(method, tidy);
  const isPage = match === 'page' || match === 'public page';
  return isPage ? { match: 'respelled', target: tidy + rest } : found;
};

/** Matches a request. h3 keeps the received target in `req.url` and its own parsed form in `event.path`. */
export const routeOf = (event: H3Event): RouteMatch => matchRoute(event.method, event.node.req.url ?? '');
