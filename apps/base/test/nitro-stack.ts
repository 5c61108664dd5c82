import { readFileSync, globSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { createApp, createRouter, eventHandler, toPlainHandler, type RouterMethod } from 'h3';
import type { RouteMatch } from '../server/http/routes.ts';

/** The parts of vue-router that this test uses. Nuxt depends on it. */
interface VueRouter {
  createMemoryHistory(): unknown;
  createRouter(options: { history: unknown; routes: Array<{ path: string; component: unknown }> }): {
    resolve(path: string): { matched: Array<{ path: string }> };
  };
}

const base = join(import.meta.dirname, '..');
const from = (file: string) => createRequire(file);
const nuxtOidcAuth = join(dirname(from(join(base, 'x.js')).resolve('nuxt-oidc-auth/package.json')), 'dist/module.mjs');
export const vueRouter = from(from(join(base, 'x.js')).resolve('nuxt/package.json'))('vue-router') as VueRouter;

interface Registered {
  path: string;
  method?: string;
}

/** The routes that nuxt-oidc-auth registers, read from its source. */
export const routesOfModule: Registered[] = [
  ...readFileSync(nuxtOidcAuth, 'utf8').matchAll(/route: ["`](\/[^"`]+)["`],\s+method: "(\w+)"/g),
]
  .map(([, path = '', method = '']) => ({ path: path.replace('${provider}', 'oidc'), method }))
  .filter(({ path }) => !path.startsWith('/auth/dev/'));

/** The routes that Nitro generates from the files of both apps. */
export const routesOfFiles: Registered[] = globSync('*/server/{api,routes}/**/*.ts', { cwd: join(base, '..') })
  .filter((file) => !file.startsWith('platform-api/') && !file.endsWith('.test.ts'))
  .map((file) => {
    const [, path = '', method = ''] = /server((?:\/\w+)+)\.(\w+)\.ts$/.exec(file) ?? [];
    return { path: path.replace(/^\/routes/, ''), method };
  });

export const renderer: Registered[] = [{ path: '/__nuxt_error' }, { path: '/__nuxt_island/**' }, { path: '/**' }];

export interface Decision {
  /** The path that the matched route was registered under; undefined when no route matched. */
  reached: string | undefined;
  /** The guard's result, at its place before the router. */
  guard: RouteMatch;
  /** Path and query as handlers see them. */
  seen: string;
}

/** Nitro's stack: middleware, then the router (nitropack/dist/runtime/internal/app.mjs). */
export const nitroLike = (guardOf: (method: string, target: string) => RouteMatch) => {
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
