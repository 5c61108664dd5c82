import { createRedisSessions } from '../sessions/redis-sessions.ts';
import { keepSessionsIn, sessions } from '../sessions/sessions.ts';

/** Keeps sessions in Redis with SESSION_REDIS_URL, in this process's memory without. */
export default defineNitroPlugin((nitro) => {
  const url = process.env.SESSION_REDIS_URL;
  if (url !== undefined) keepSessionsIn(createRedisSessions(useRuntimeConfig().public.app.name, url));
  // Closed after the last request: Nitro closes its connections first.
  nitro.hooks.hook('close', () => sessions.close());
  console.log(`Session storage: ${sessions.driver?.name ?? 'memory'}.`);
});
