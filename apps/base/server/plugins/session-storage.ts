import { mountRedis, sessions } from '../lib/sessions.ts';

/** Mounts nuxt-oidc-auth's `oidc` storage: Redis with SESSION_REDIS_URL, this process's memory without. */
export default defineNitroPlugin((nitro) => {
  const url = process.env.SESSION_REDIS_URL;
  // Left after the last request: Nitro closes its connections first.
  if (url !== undefined) nitro.hooks.hook('close', mountRedis(useRuntimeConfig().public.app.name, url));
  console.log(`Session storage: ${sessions.driver()}.`);
});
