import { defineApp } from '../base/define-app.ts';
import { sessionTtlSeconds } from '../base/server/sessions/session-ttl.ts';

<<<<<<< HEAD
export default defineApp('portal', {
  // No limit below what a session lives anyway.
=======
export default defineApp({
  name: 'portal',
  title: 'Dezky Portal',
  ownUrl: 'NUXT_PUBLIC_PORTAL_URL',
  urls: {
    authUrl: 'NUXT_PUBLIC_AUTH_URL',
    portalUrl: 'NUXT_PUBLIC_PORTAL_URL',
    mailUrl: 'NUXT_PUBLIC_MAIL_URL',
  },
  // No limit below the lifetime of a session.
>>>>>>> 7d4a9d61bf681bfde692443fc2f19412884e2955
  idleSeconds: sessionTtlSeconds,
  endSessionUrl: '{{NUXT_PUBLIC_AUTH_URL}}/application/o/portal/end-session/',
});
