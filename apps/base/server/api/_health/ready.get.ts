import { endSession } from '../../http/end-session.ts';
import { identity } from '../../settings/identity.ts';
import { sessions } from '../../sessions/sessions.ts';

/**
 * Traffic may come: sessions can be read. `driver` is what they are really kept in. 503 when Redis does not answer.
 * Says also where signing out leads, which nobody could see without a session; all of it is public.
 */
export default defineEventHandler(async (event) => {
  const ok = await sessions.available();
  if (!ok) setResponseStatus(event, 503);
  return { ok, driver: sessions.driver?.name ?? 'memory', ...identity(), ...endSession() };
});
