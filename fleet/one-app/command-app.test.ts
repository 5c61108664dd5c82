import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { ofKind } from '../manifests/objects.ts';
import { commandAppSchema, commandFleet, commandImages } from './command-app.ts';
import { scratchFolder } from '../testing.ts';

const app = { start: 'next start', cwd: '/shop', sessionCookie: 'sid', issuerPort: 4711 };
const provider = { issuer: 'https://id.example/', clientId: 'shop', clientSecret: '' };

const programOf = (more: object) => {
  const image = commandImages(commandAppSchema.parse({ ...app, ...more }))['app'];
  return image?.local?.({ ports: { http: 1 }, host: '127.0.0.1', folder: '' });
};

afterEach(() => vi.unstubAllEnvs());

test('it is started as npm starts it: the programs of its dependencies are found', () => {
  expect(programOf({})?.env?.['PATH']).toMatch(new RegExp(`^${join('/shop/node_modules', '.bin')}:`));
});

test('it trusts the authority of the run; with a provider of its own what its owner trusts', () => {
  vi.stubEnv('SSL_CERT_FILE', '/mine.pem');
  vi.stubEnv('NODE_EXTRA_CA_CERTS', undefined);
  expect(programOf({})?.listen.env).not.toHaveProperty('SSL_CERT_FILE');
  expect(programOf({ provider })?.listen.env).toMatchObject({
    SSL_CERT_FILE: '/mine.pem',
    NODE_EXTRA_CA_CERTS: undefined,
  });
  const env = { NODE_EXTRA_CA_CERTS: '/given.pem' };
  expect(programOf({ provider, env })?.listen.env).toMatchObject(env);
});

test('with a provider of its own there is no mock', async () => {
  const file = join(scratchFolder(), 'app.json');
  const namesOf = async (more: object) => {
    writeFileSync(file, JSON.stringify({ ...app, ...more }));
    return ofKind(await commandFleet(file).objects(), 'Deployment').map(({ metadata: { name } }) => name);
  };
  expect(await namesOf({})).toEqual(['app', 'authentik', 'edge']);
  expect(await namesOf({ provider })).toEqual(['app', 'edge']);
});
