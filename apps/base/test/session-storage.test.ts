import type { H3Event } from 'h3';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { revokeLater } from '../server/sessions/end-session.ts';
import { sessions } from '../server/sessions/sessions.ts';

// The module's code imports `#imports`, which only Nuxt resolves.
vi.mock('nuxt-oidc-auth/runtime/server/utils/security.js', () => ({}));

type Nitro = { hooks: { hook: (name: string, run: () => Promise<void>) => void } };
let plugin: (nitro: Nitro) => void;
const said: string[] = [];

beforeAll(async () => {
  vi.stubGlobal('defineNitroPlugin', (given: typeof plugin) => given);
  const oidc = { tokenUrl: 'https://auth.test/application/o/token/', clientId: 'portal', clientSecret: 's' };
  vi.stubGlobal('useRuntimeConfig', () => ({ public: { app: { name: 'portal' } }, oidc: { providers: { oidc } } }));
  vi.stubGlobal('useStorage', () => ({ mount: vi.fn() }));
  for (const method of ['log', 'error'] as const)
    vi.spyOn(console, method).mockImplementation((line: string) => void said.push(line));
  plugin = (await import('../server/plugins/session-storage.ts')).default as unknown as typeof plugin;
});
afterAll(() => {
  vi.unstubAllGlobals();
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

/** Starts a pod that keeps sessions in memory. `order` gets "closed" when the store is closed. */
const startPod = () => {
  vi.stubEnv('SESSION_REDIS_URL', undefined);
  let close = async (): Promise<void> => {};
  plugin({ hooks: { hook: (_name, run) => (close = run) } });
  const order: string[] = [];
  vi.spyOn(sessions, 'close').mockImplementation(async () => void order.push('closed'));
  return { close, order };
};

test('a pod that ends waits for its revocations before it closes the store', async () => {
  const { close, order } = startPod();
  vi.stubGlobal('fetch', async () => {
    await new Promise(setImmediate);
    order.push('revoked');
    return new Response();
  });
  revokeLater({ waitUntil: () => {} } as unknown as H3Event, 'a refresh token');
  await close();
  expect(order).toEqual(['revoked', 'closed']);
});

test.each([
  [undefined, 'Session storage: memory.'],
  ['redis://user:a-password@127.0.0.1:1/1', 'Session storage: redis.'],
])('with SESSION_REDIS_URL=%s the log says what sessions are kept in, and no password', async (url, line) => {
  vi.stubEnv('SESSION_REDIS_URL', url);
  said.length = 0;
  const closing: Array<() => Promise<void>> = [];
  plugin({ hooks: { hook: (_name, run) => closing.push(run) } });
  for (const close of closing) await close();
  expect(said).toEqual([line]);
});
