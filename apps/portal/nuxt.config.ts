import { defineApp } from '../base/define-app.ts';
import { sessionTtlSeconds } from '../base/server/settings/session-times.ts';

export default defineApp('portal', {
  // No limit below the lifetime of a session.
  idleSeconds: sessionTtlSeconds,
  maxSeconds: 30 * 24 * 60 * 60,
  endSessionUrl: '{{NUXT_PUBLIC_AUTH_URL}}/application/o/portal/end-session/',
});
