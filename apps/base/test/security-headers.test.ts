import { once } from 'node:events';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import * as h3 from 'h3';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';

type OnRequest = (event: h3.H3Event) => void;
type Nitro = { hooks: { hook: (name: string, run: OnRequest) => void } };

/** How Nitro answers errors as JSON. */
const nitropack = dirname(createRequire(import.meta.url).resolve('nitropack/package.json'));
const { default: onError } = (await import(join(nitropack, 'dist/runtime/internal/error/prod.mjs'))) as {
  default: (error: h3.H3Error, event: h3.H3Event) => Promise<void>;
};

let onRequest: OnRequest;
const app = h3.createApp({ onRequest: (event) => onRequest(event), onError });
const server = createServer(h3.toNodeListener(app));
let url: string;

beforeAll(async () => {
  for (const [name, value] of Object.entries(h3)) vi.stubGlobal(name, value);
  vi.stubGlobal('useRuntimeConfig', () => ({ public: { ownUrl: 'https://portal.dezky.example' } }));
  vi.stubGlobal('defineNitroPlugin', (plugin: unknown) => plugin);
  const { default: plugin } = await import('../server/plugins/security-headers.ts');
  (plugin as unknown as (nitro: Nitro) => void)({
    hooks: { hook: (name, run) => name === 'request' && (onRequest = run) },
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  vi.unstubAllGlobals();
  server.close();
});

test('an error repeats neither the URL in its reason phrase nor X-Forwarded-Host in its body', async () => {
  const response = await fetch(`${url}/no-such-page`, { headers: { 'x-forwarded-host': 'elsewhere.example' } });
  expect([response.status, response.statusText]).toEqual([404, 'Not Found']);
  expect(await response.json()).toMatchObject({ statusCode: 404, url: `${url}/no-such-page` });
});
