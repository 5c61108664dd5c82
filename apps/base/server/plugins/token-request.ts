import { guardedFetch } from '../nuxt-oidc-auth/token-request.ts';

export default defineNitroPlugin(() => {
  globalThis.fetch = guardedFetch(useRuntimeConfig().oidc.providers.oidc.tokenUrl, globalThis.fetch);
});
