import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readSettings } from './settings.ts';

const app = { start: 'node server.js', signIn: '/login', protected: ['/api/me'], cookie: 'sid' };

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'session-check-settings-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

test('a configuration in TypeScript that needs more than its types taken away', async () => {
  writeFileSync(
    join(folder, 'session-check.config.ts'),
    `enum Path { Login = '/login' }\nexport default { ...${JSON.stringify(app)}, signIn: Path.Login, env: { A: '1', B: '2' } };`,
  );
  const settings = await readSettings(folder, { cookie: 'other', env: { B: '3' } });
  expect(settings).toMatchObject({ signIn: '/login', cookie: 'other', env: { A: '1', B: '3' }, in: folder });
});

test('each setting that is wrong is named, by its option', async () => {
  const wrong = readSettings(folder, { ...app, start: undefined, signIn: 'login', signOut: 'DELETE /x' });
  await expect(wrong).rejects.toThrow(
    /--sign-in is no path: it begins with \/\n {2}--sign-out is no path[^]*--start is missing\n/,
  );
});

test('a configuration that throws', async () => {
  writeFileSync(join(folder, 'session-check.config.mjs'), "throw new Error('no key')");
  await expect(readSettings(folder, app)).rejects.toThrow(/session-check\.config\.mjs does not load: no key/);
});

const provider = {
  issuer: 'https://id.example/',
  clientId: 'shop',
  clientSecret: '',
  users: [{ username: 'ada', password: 'pw' }],
  signIn: 'sign-in.ts',
};

test('the module of a provider of their own is in their folder', async () => {
  const { provider: read } = await readSettings(folder, { ...app, provider });
  expect(read?.signIn).toBe(join(folder, 'sign-in.ts'));
});

test('what is wrong inside a provider is named by its place', async () => {
  const wrong = readSettings(folder, { ...app, provider: { ...provider, issuer: 'nowhere', users: [] } });
  await expect(wrong).rejects.toThrow(/provider\.issuer Invalid URL\n {2}provider\.users /);
});

test.each([
  ['k3s without manifests', { engine: 'k3s', start: undefined }, /--manifests is missing/],
  ['k3s with a command', { engine: 'k3s', manifests: 'k8s' }, /--start is not supported by the engine k3s/],
  ['processes with a port', { env: { PORT: '80' } }, /--env has PORT, which the check sets to another port/],
  ['processes with an image', { image: 'shop:dev' }, /--image is not supported by the engine local/],
  [
    'processes with a fault of manifests',
    {
      faults: { x: { patches: [{ target: { kind: 'Deployment', name: 'shop' }, patch: [] }], breaks: ['rollout'] } },
    },
    /faults have patches of manifests, which only the engine k3s supports/,
  ],
])('%s', async (_what, more, sentence) => {
  await expect(readSettings(folder, { ...app, ...more })).rejects.toThrow(sentence);
});
