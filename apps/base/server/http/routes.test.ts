import { globSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import * as fc from 'fast-check';
import { createApp, createRouter, eventHandler, toPlainHandler, type RouterMethod } from 'h3';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { matchRoute, routes, type RouteMatch } from './routes.ts';

/** The parts of vue-router that this test uses. Nuxt depends on it. */
interface VueRouter {
  createMemoryHistory(): unknown;
  createRouter(options: { history: unknown; routes: Array<{ path: string; component: unknown }> }): {
    resolve(path: string): { matched: Array<{ path: string }> };
  };
}

const base = join(import.meta.dirname, '../..');
const from = (file: string) => createRequire(file);
const nuxtOidcAuth = join(dirname(from(join(base, 'x.js')).resolve('nuxt-oidc-auth/package.json')), 'dist/module.mjs');
const vueRouter = from(from(join(base, 'x.js')).resolve('nuxt/package.json'))('vue-router') as VueRouter;

interface Registered {
  path: string;
  method?: string;
}

/** The routes that nuxt-oidc-auth registers, read from its source. */
const routesOfModule: Registered[] = [
  ...readFileSync(nuxtOidcAuth, 'utf8').matchAll(/route: ["`](\/[^"`]+)["`],\s+method: "(\w+)"/g),
]
  .map(([, path = '', method = '']) => ({ path: path.replace('${provider}', 'oidc'), method }))
  .filter(({ path }) => !path.startsWith('/auth/dev/'));

/** The routes that Nitro generates from the files of both apps. */
const routesOfFiles: Registered[] = globSync('*/server/{api,routes}/**/*.ts', { cwd: join(base, '..') })
  .filter((file) => !file.startsWith('platform-api/') && !file.endsWith('.test.ts'))
  .map((file) => {
    const [, path = '', method = ''] = /server((?:\/\w+)+)\.(\w+)\.ts$/.exec(file) ?? [];
    return { path: path.replace(/^\/routes/, ''), method };
  });

const renderer: Registered[] = [{ path: '/__nuxt_error' }, { path: '/__nuxt_island/**' }, { path: '/**' }];

interface Decision {
  /** The path that the matched route was registered under; undefined when no route matched. */
  reached: string | undefined;
  /** The guard's result, at its place before the router. */
  guard: RouteMatch;
  /** Path and query as handlers see them. */
  seen: string;
}

/** Nitro's stack: middleware, then the router (nitropack/dist/runtime/internal/app.mjs). */
const nitroLike = (guardOf: (method: string, target: string) => RouteMatch) => {
  let last: Pick<Decision, 'guard' | 'seen'> | undefined;
  const app = createApp();
  app.use(
    '/',
    eventHandler((event) => {
      last = { guard: guardOf(event.method, event.node.req.url ?? ''), seen: event.path };
    }),
  );
  const router = createRouter({ preemptive: true });
  for (const { path, method } of [...routesOfFiles, ...routesOfModule, ...renderer])
    router.use(
      path,
      eventHandler(() => path),
      method as RouterMethod,
    );
  app.use('/', router.handler);
  const handle = toPlainHandler(app);
  return async (method: string, target: string): Promise<Decision> => {
    last = undefined;
    const { status, body } = await handle({ method, path: target, headers: {} });
    if (!last) throw new Error(`The guard was not asked about ${method} ${target}.`);
    const { guard, seen } = last as Pick<Decision, 'guard' | 'seen'>;
    return { reached: status === 200 ? String(body) : undefined, guard, seen };
  };
};

const publicPages = ['/sign-in', '/sign-out', '/signed-out'];
const pagePaths = ['/', '/tenants', '/profile', ...publicPages];
const page = { template: '' };
const pages = vueRouter.createRouter({
  history: vueRouter.createMemoryHistory(),
  routes: [...pagePaths, '/:other(.*)*'].map((path) => ({ path, component: page })),
});
/** The page that vue-router would render, by its path. */
const renderedPage = (seen: string): string | undefined => {
  const path = pages.resolve(seen).matched[0]?.path;
  return pagePaths.find((known) => known === path);
};

const refused = (guard: RouteMatch): boolean => ['not found', 'wrong method', 'respelled'].includes(guard.match);

/** The guard must allow exactly what the router reached, or refuse. Listed resources match by their exact path. */
const expected = (reached: string, seen: string): string[] => {
  const listed = routes.find(({ path }) => path === reached);
  if (listed) return [listed.serves];
  if (reached.startsWith('/auth/') || reached.startsWith('/api/_')) return [];
  if (reached.startsWith('/api/')) return ['api'];
  const rendered = renderedPage(seen);
  if (rendered !== undefined && publicPages.includes(rendered)) return ['public page', 'page'];
  return rendered === undefined ? ['page', 'api', 'favicon'] : ['page'];
};

const agrees = ({ reached, guard, seen }: Decision): boolean =>
  refused(guard) ||
  (reached === undefined
    ? guard.match === 'page' || guard.match === 'api'
    : expected(reached, seen).includes(guard.match));

const guarded = [
  ...new Set([...routesOfFiles, ...routesOfModule, ...renderer].map(({ path }) => path.replace('**', 'x'))),
  ...pagePaths,
];

const at = (change: (text: string, index: number) => string) =>
  fc.nat(200).map((position) => (path: string) => change(path, position % (path.length + 1)));
const insert = (text: string) => at((path, index) => path.slice(0, index) + text + path.slice(index));
const replaceCharacter = (change: (character: string) => string) =>
  at((path, index) => path.slice(0, index) + change(path.charAt(index)) + path.slice(index + 1));
const encode = (character: string): string =>
  character === '' ? '' : `%${character.charCodeAt(0).toString(16).padStart(2, '0')}`;

/** Changes that leave a path looking almost the same. */
const change = fc.oneof(
  fc
    .constantFrom('/', '//', '/./', '/../', '/x/../', '\\', '.', ';', '%2f', '%2F', '%5c', '%00', '%', '*', ':', ' ')
    .chain(insert),
  fc
    .constantFrom('#', '?', '#.js', '?a=/../b', '%3f', '%23', '&', '/_payload.json', '.html', '/index.html')
    .chain(insert),
  replaceCharacter(encode),
  replaceCharacter((character) => encode(character).replace('%', '%25')),
  replaceCharacter((character) => character.toUpperCase()),
  replaceCharacter(() => ''),
  fc.constant((path: string) => `${path}/`),
  fc.constant((path: string) => `//${path}`),
  fc.constant((path: string) => `http://other.invalid${path}`),
  fc.constant((path: string) => path.slice(1)),
);

const request = fc.record({
  method: fc.constantFrom('GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'CONNECT'),
  target: fc
    .tuple(fc.constantFrom(...guarded), fc.array(change, { maxLength: 3 }))
    .map(([path, changes]) => changes.reduce((text, apply) => apply(text), path))
    .filter((target) => target !== ''),
});

const property = (guardOf: (method: string, target: string) => RouteMatch) => {
  const ask = nitroLike(guardOf);
  return fc.asyncProperty(request, async ({ method, target }) => {
    const decision = await ask(method, target);
    if (!agrees(decision)) throw new Error(`${method} ${target}: ${JSON.stringify(decision)}`);
  });
};

describe('guard and router', () => {
  // h3 and vue-router print a warning for every malformed path.
  beforeEach(() => void vi.spyOn(console, 'warn').mockImplementation(() => {}));

  test('the routes that the property is about are found', () => {
    expect(routesOfModule).toContainEqual({ path: '/auth/oidc/logout', method: 'get' });
    expect(routesOfModule).toContainEqual({ path: '/api/_auth/refresh', method: 'post' });
    expect(routesOfFiles).toContainEqual({ path: '/api/_health/ready', method: 'get' });
    expect(routesOfFiles).toContainEqual({ path: '/auth/return', method: 'get' });
  });

  test('agree about every spelling and method', async () => {
    const { failed, counterexample, errorInstance } = await fc.check(property(matchRoute), { numRuns: 5000 });
    expect({ failed, counterexample, errorInstance }).toEqual({
      failed: false,
      counterexample: null,
      errorInstance: null,
    });
  });

  test('what is listed is reached, and by its methods alone', async () => {
    const ask = nitroLike(matchRoute);
    const served = [...routesOfFiles, ...routesOfModule].filter(
      ({ path, method = '' }) => !refused(matchRoute(method.toUpperCase(), path)),
    );
    expect(served.length).toBeGreaterThan(10);
    for (const { path, method = '' } of served) expect((await ask(method.toUpperCase(), path)).reached).toBe(path);
  });
});

test.each([
  ['GET', '/auth/oidc/logout/', { match: 'not found' }],
  ['GET', '/auth/login', { match: 'not found' }],
  ['POST', '/api/_auth/refresh', { match: 'not found' }],
  ['DELETE', '/api/_auth/session', { match: 'wrong method', allow: ['GET'] }],
  ['POST', '/auth/oidc/callback', { match: 'wrong method', allow: ['GET'] }],
  ['GET', '/api/me?x=1', { match: 'api' }],
  ['GET', '/api/me/', { match: 'not found' }],
  ['GET', '/', { match: 'page' }],
  ['GET', '/tenants?q=a%2Fb/../', { match: 'page' }],
  ['GET', '//tenants/?q=1', { match: 'respelled', target: '/tenants?q=1' }],
  ['GET', '//other.invalid/', { match: 'not found' }],
  ['GET', '//other/', { match: 'respelled', target: '/other' }],
  ['POST', '/tenants/', { match: 'not found' }],
  ['GET', '/tenants#.js', { match: 'not found' }],
  ['GET', '/tenants?a#b', { match: 'not found' }],
  ['GET', '/tenants.html', { match: 'not found' }],
  ['OPTIONS', '*', { match: 'not found' }],
])('%s %s', (method, target, asked) => {
  expect(matchRoute(method, target)).toEqual(asked);
});

test.each([
  ['/auth/oidc/login', 'sign-in', ['GET']],
  ['/auth/oidc/callback', 'callback', ['GET']],
  ['/auth/oidc/logout', 'sign-out', ['GET', 'POST']],
  ['/auth/oidc/backchannel-logout', 'back-channel sign-out', ['POST']],
  ['/auth/return', 'return', ['GET']],
  ['/api/_auth/session', 'session', ['GET']],
  ['/api/_health/live', 'health', ['GET']],
  ['/api/_health/ready', 'health', ['GET']],
  ['/sign-in', 'public page', ['GET', 'HEAD']],
  ['/sign-out', 'public page', ['GET', 'HEAD']],
  ['/signed-out', 'public page', ['GET', 'HEAD']],
  ['/favicon.ico', 'favicon', ['GET', 'HEAD']],
  ['/__nuxt_error', 'error page', ['GET']],
  ['/api/me', 'api', ['GET']],
  ['/', 'page', ['GET', 'HEAD']],
  ['/users', 'page', ['GET', 'HEAD']],
])('%s is the %s, for %j and no other method', (path, match, allow) => {
  expect(allow.map((method) => matchRoute(method, path))).toEqual(allow.map(() => ({ match })));
  expect(matchRoute('PUT', path)).toEqual({ match: 'wrong method', allow });
});
