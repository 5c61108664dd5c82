import { endSession } from '../../http/end-session.ts';
import { identity } from '../../settings/environment.ts';
import { sessions } from '../../sessions/sessions.ts';

/**
 * Ready for traffic: sessions can be read. 503 when Redis does not respond. `driver` is the actual session store. The
 * response also contains the end-session address, so that it can be checked without a session. All of it is public.
 */
export default defineEventHandler(async (event) => {
  const ok = await sessions.available();
  if (!ok) setResponseStatus(event, 503);
  return { ok, driver: sessions.driver?.name ?? 'memory', ...identity(), ...endSession() };
});
