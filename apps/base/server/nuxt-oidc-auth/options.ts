import type { ModuleOptions } from 'nuxt-oidc-auth';
import { sessionTtlSeconds } from '../settings/session-times.ts';

interface Settings {
  /** Slug of the application in Authentik, and the client id. */
  name: string;
  /** `https://<host>/application/o`: the common prefix of the URLs of all applications. */
  authentik: string;
  /** Origin of the app. */
  own: string;
  endSessionUrl: string;
  maxSeconds: number;
}

/** The module's options (`oidc` in the Nuxt configuration). It only signs users in; the app handles sessions itself. */
export const moduleOptions = ({ name, authentik, own, endSessionUrl, maxSeconds }: Settings) =>
  ({
    // The module would replace a missing or short secret with a random one, different in each pod (provideDefaults.js).
    provideDefaultSecrets: false,
    devtools: false,
    middleware: { globalMiddlewareEnabled: false },
    session: {
      // The module's own refresh has no lock, drops the access token on the request that triggers it, and signs users
      // out when Authentik is down (session.js, refreshUserSession). server/middleware/session.ts refreshes instead.
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
        // Authentik asks for the password again when the user's sign-in there is older. Otherwise a session that is too
        // old would be followed by another one. An hour less, so that no new session expires at once, also when clocks differ.
        additionalAuthParameters: { maxAge: String(maxSeconds - 3600) },
        // Only the user's id: names and groups have no limit, and browsers drop a cookie above 4 KiB.
        optionalClaims: ['sub'],
        logoutUrl: endSessionUrl,
        logoutRedirectUri: `${own}/signed-out`,
      },
    },
  }) satisfies Partial<ModuleOptions>;

/** Route rules that the module adds. They run before every middleware (module.mjs, `extendRouteRules`). */
export const shortcuts: readonly string[] = ['/auth/login', '/auth/logout'];
