import { mountRedis, sessions } from '../lib/sessions.ts';

/** Mounts nuxt-oidc-auth's `oidc` storage: Redis with SESSION_REDIS_URL, this process's memory without. */
export default defineNitroPlugin((nitro) => {
  const url = process.env.SESSION_REDIS_URL;
  if (url !== undefined) {
    const redis = mountRedis(useRuntimeConfig().public.app.name, url);
    let reachable: boolean | undefined;
    const tell = (now: boolean, line: string) => {
      if (reachable !== now) console.log(line);
      reachable = now;
    };
    redis.on('ready', () => tell(true, 'Session storage: Redis answers.'));
    redis.on('error', (error: Error) => tell(false, `Session storage: Redis does not answer: ${error.message}`));
    // After the last request: Nitro closes its connections first.
    nitro.hooks.hook('close', () => redis.disconnect());
  }
  const where = sessions.redis
    ? `database ${sessions.redis.options.db} at ${sessions.redis.options.host}`
    : 'this process';
  console.log(`Session storage: ${sessions.driver()}, ${where}.`);
});
