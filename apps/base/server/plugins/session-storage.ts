import { revocationsEnded } from '../sessions/end-session.ts';
import { createRedisSessions } from '../sessions/redis-sessions.ts';
import { keepSessionsIn, sessions } from '../sessions/sessions.ts';

/** Keeps sessions in Redis when SESSION_REDIS_URL is set, otherwise in the memory of this process. */
export default defineNitroPlugin((nitro) => {
  const url = process.env.SESSION_REDIS_URL;
  if (url !== undefined) keepSessionsIn(createRedisSessions(useRuntimeConfig().public.app.name, url));
  // Nitro closes its HTTP connections before this hook, so the store is closed after the last request.
  nitro.hooks.hook('close', async () => {
    // A refresh must store its tokens, and may begin a revocation.
    await sessions.lock.idle();
    await revocationsEnded();
    await sessions.close();
  });
  console.log(`Session storage: ${sessions.driver?.name ?? 'memory'}.`);
});
