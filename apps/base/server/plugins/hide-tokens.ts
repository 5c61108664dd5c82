import { sessionHooks } from 'nuxt-oidc-auth/runtime/server/utils/session.js';

/** Keeps tokens out of `/api/_auth/session`, and so out of the pages that carry its answer. */
export default defineNitroPlugin(() => {
  sessionHooks.hook('fetch', (session) => {
    delete session.idToken;
    delete session.accessToken;
  });
});
