import { defineNuxtConfig } from 'nuxt/config';
import { developmentUrls, type UrlVariable } from './development-urls.ts';
import { sessionTtlSeconds } from './server/lib/session-ttl.ts';

/** What one app is: everything else follows from it. */
export interface AppData {
  /** Slug of its application in Authentik, its default client id, and the prefix of its keys in Redis. */
  name: string;
  /** What people call it. */
  title: string;
  /** Variable that holds its own public URL. */
  ownUrl: UrlVariable;
  /** Public URLs that its copy names, by runtime-config key. Only these: each one goes out with every page. */
  urls: Readonly<Record<string, UrlVariable>>;
  /** Seconds without use after which a session is over (docs/decisions/0015-idle-limit.md). */
  idleSeconds: number;
  /** Where signing out ends the application session at Authentik; `{{NAME}}` is filled in when the app starts. */
  endSessionUrl: string;
}

/**
 * The Nuxt configuration of an app. A build is the same for every environment: what depends on one is a `{{NAME}}`,
 * which Nitro replaces from the environment at start (`runtimeConfig.nitro.envExpansion`).
 */
export const defineApp = ({ name, title, ownUrl, urls, endSessionUrl, idleSeconds }: AppData) => {
  const authentik = '{{NUXT_PUBLIC_AUTH_URL}}/application/o';
  const own = `{{${ownUrl}}}`;

  return defineNuxtConfig({
    extends: ['../base'],
    runtimeConfig: {
      platformApiUrl: 'http://localhost:3100',
      idleSeconds,
      public: {
        app: { name, title },
        ...Object.fromEntries(Object.entries(urls).map(([key, variable]) => [key, developmentUrls[variable]])),
        ownUrl: own,
      },
      nitro: { envExpansion: true },
    },
    oidc: {
      // The module would make up a secret that is missing or short, a different one in each pod (provideDefaults.js).
      provideDefaultSecrets: false,
      devtools: false,
      middleware: { globalMiddlewareEnabled: false },
      session: {
        // The module's own refresh has no lock, drops the access token on the request that triggers it and signs
        // people out when Authentik is down (session.js, refreshUserSession). server/middleware/session.ts does it.
        automaticRefresh: false,
        expirationCheck: false,
        maxAge: sessionTtlSeconds,
        cookie: { sameSite: 'lax', secure: true },
      },
      providers: {
        oidc: {
          clientId: name,
          clientSecret: '',
          responseType: 'code',
          pkce: true,
          state: true,
          scope: ['openid', 'profile', 'email', 'offline_access'],
          authenticationScheme: 'header',
          tokenRequestType: 'form-urlencoded',
          authorizationUrl: `${authentik}/authorize/`,
          tokenUrl: `${authentik}/token/`,
          redirectUri: `${own}/auth/oidc/callback`,
          callbackRedirectUrl: '/auth/return',
          openIdConfiguration: { issuer: `${authentik}/${name}/`, jwks_uri: `${authentik}/${name}/jwks/` },
          // Names alone: groups would outgrow the 4 KB cookie, and those of an earlier sign-in would linger in it.
          optionalClaims: ['name', 'email', 'preferred_username'],
          logoutUrl: endSessionUrl,
          logoutRedirectUri: `${own}/signed-out`,
        },
      },
    },
  });
};
