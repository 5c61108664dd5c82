import { endSession } from '../../http/end-session.ts';
import { identity } from '../../settings/identity.ts';
import { sessions } from '../../sessions/sessions.ts';

/**
 * Ready for traffic: sessions can be read. `driver` is the actual session store. 503 when Redis does not respond. It
 * also reports the end-session address, which is not visible without a session. All of it is public.
 */
export default defineEventHandler(async (event) => {
  const ok = await sessions.available();
  if (!ok) setResponseStatus(event, 503);
  return { ok, driver: sessions.driver?.name ?? 'memory', ...identity(), ...endSession() };
});
