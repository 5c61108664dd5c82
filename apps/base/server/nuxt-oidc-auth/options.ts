import type { ModuleOptions } from 'nuxt-oidc-auth';
import { sessionTtlSeconds } from '../sessions/session-ttl.ts';

interface Settings {
  /** Slug of the application in Authentik, and the client id. */
  name: string;
  /** `https://<host>/application/o`: what the addresses of all applications begin with. */
  authentik: string;
  /** Origin of the app. */
  own: string;
  endSessionUrl: string;
}

/** The module's options (`oidc` in the Nuxt configuration): signing in is left to it, everything about sessions is not. */
export const moduleOptions = ({ name, authentik, own, endSessionUrl }: Settings) =>
  ({
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
  }) satisfies Partial<ModuleOptions>;

/** Route rules that the module adds, which come before every middleware (module.mjs, `extendRouteRules`). */
export const shortcuts: readonly string[] = ['/auth/login', '/auth/logout'];
