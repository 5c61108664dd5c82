import { defineApp } from '../base/define-app.ts';
import { sessionTtlSeconds } from '../base/server/sessions/session-ttl.ts';

export default defineApp('portal', {
  // No limit below the lifetime of a session.
  idleSeconds: sessionTtlSeconds,
  endSessionUrl: '{{NUXT_PUBLIC_AUTH_URL}}/application/o/portal/end-session/',
});
