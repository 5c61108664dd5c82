import { endSession } from '../../authentik/end-session-url.ts';
import { identity } from '../../settings/environment.ts';
import { sessions } from '../../sessions/sessions.ts';

/** Whether the store has answered since the start of the process. */
let hasAnswered = false;

/**
 * Ready for traffic. 503 until Redis has answered once, so that a release with another address replaces no pod; after
 * that an outage takes no pod out, because its page says more than the ingress (docs/decisions/0037). `store` is its
 * state now, `driver` the actual session store. The response also contains the end-session address, so that it can be
 * checked without a session. All of it is public.
 */
export default defineEventHandler(async (event) => {
  const ok = await sessions.available();
  hasAnswered ||= ok;
  if (!hasAnswered) setResponseStatus(event, 503);
  return {
    ok: hasAnswered,
    store: ok ? 'up' : 'down',
    driver: sessions.driver?.name ?? 'memory',
    ...identity(),
    ...endSession(),
  };
});
