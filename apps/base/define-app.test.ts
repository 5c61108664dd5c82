import { expect, test } from 'vitest';
import { appNames } from '../environment/apps.ts';
import { defineApp } from './define-app.ts';
import { shortcuts } from './server/nuxt-oidc-auth/options.ts';

const endSessionUrl = '{{NUXT_PUBLIC_AUTH_URL}}/end-session/';
const built = (name: (typeof appNames)[number]) =>
  defineApp(name, { idleSeconds: 60, maxSeconds: 86_400, endSessionUrl });

test.each(appNames)('what %s depends on is read when it starts', (name) => {
  const own = `{{NUXT_PUBLIC_${name.toUpperCase()}_URL}}`;
  const authentik = '{{NUXT_PUBLIC_AUTH_URL}}/application/o';
  const { extends: layers, runtimeConfig, oidc } = built(name);
  expect(layers).toEqual(['../base']);
  expect(runtimeConfig?.nitro).toEqual({ envExpansion: true });
  expect(runtimeConfig).toMatchObject({ idleSeconds: 60, maxSeconds: 86_400, platformApiUrl: 'http://localhost:3100' });
  expect(runtimeConfig?.public?.ownUrl).toBe(own);
  expect(oidc?.providers?.oidc).toMatchObject({
    clientId: name,
    // The environment has the secret, and a build has none.
    clientSecret: '',
    authorizationUrl: `${authentik}/authorize/`,
    tokenUrl: `${authentik}/token/`,
    openIdConfiguration: { issuer: `${authentik}/${name}/`, jwks_uri: `${authentik}/${name}/jwks/` },
    redirectUri: `${own}/auth/oidc/callback`,
    callbackRedirectUrl: '/auth/return',
    logoutUrl: endSessionUrl,
    logoutRedirectUri: `${own}/signed-out`,
  });
});

test('the module does nothing else, because the apps do that themselves', () => {
  expect(built('portal').oidc).toMatchObject({
    provideDefaultSecrets: false,
    devtools: false,
    middleware: { globalMiddlewareEnabled: false },
    session: { automaticRefresh: false, expirationCheck: false },
  });
  expect(shortcuts).toEqual(['/auth/login', '/auth/logout']);
});
