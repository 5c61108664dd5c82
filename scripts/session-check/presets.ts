/** Variables that libraries read, by the name of the library. Without a preset the app gets those of `plain`. */
export const presets = {
  plain: {
    ORIGIN: '{origin}',
    BASE_URL: '{origin}',
    ISSUER: '{issuer}',
    CLIENT_ID: '{clientId}',
    CLIENT_SECRET: '{clientSecret}',
    SESSION_SECRET: '{secret}',
  },
  // https://authjs.dev/reference/core/providers/authentik
  authjs: {
    AUTH_URL: '{origin}',
    AUTH_TRUST_HOST: 'true',
    AUTH_SECRET: '{secret}',
    AUTH_AUTHENTIK_ISSUER: '{issuer}',
    AUTH_AUTHENTIK_ID: '{clientId}',
    AUTH_AUTHENTIK_SECRET: '{clientSecret}',
  },
  // https://github.com/auth0/express-openid-connect; its response_type is in the app's code alone.
  'express-openid-connect': {
    BASE_URL: '{origin}',
    ISSUER_BASE_URL: '{issuer}',
    CLIENT_ID: '{clientId}',
    CLIENT_SECRET: '{clientSecret}',
    SECRET: '{secret}',
  },
  // https://github.com/atinux/nuxt-auth-utils, provider "oidc"
  'nuxt-auth-utils': {
    NUXT_SESSION_PASSWORD: '{secret}',
    NUXT_OAUTH_OIDC_CLIENT_ID: '{clientId}',
    NUXT_OAUTH_OIDC_CLIENT_SECRET: '{clientSecret}',
    NUXT_OAUTH_OIDC_OPENID_CONFIG: '{issuer}.well-known/openid-configuration',
    NUXT_OAUTH_OIDC_REDIRECT_URL: '{origin}/auth/oidc',
  },
} as const satisfies Readonly<Record<string, Readonly<Record<string, string>>>>;
