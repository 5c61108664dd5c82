import { afterAll, beforeAll, expect, test, vi } from 'vitest';

/** Traefik's `idleConnTimeout` for connections to pods, when it is not set. */
const ingressIdleMs = 90_000;

type Nitro = { hooks: { hook: (name: string, run: (event: object) => void) => void } };
let plugin: (nitro: Nitro) => void;

beforeAll(async () => {
  vi.stubGlobal('defineNitroPlugin', (given: typeof plugin) => given);
  plugin = (await import('../server/plugins/keep-alive.ts')).default as unknown as typeof plugin;
});
afterAll(() => vi.unstubAllGlobals());

test('an idle connection is kept longer than the ingress keeps it', () => {
  const server = { keepAliveTimeout: 5000 };
  plugin({ hooks: { hook: (_name, run) => run({ node: { req: { socket: { server } } } }) } });
  expect(server.keepAliveTimeout).toBeGreaterThan(ingressIdleMs);
});
