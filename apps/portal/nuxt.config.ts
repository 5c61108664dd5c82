import { defineApp } from '../base/define-app.ts';
import { sessionTtlSeconds } from '../base/server/sessions/session-ttl.ts';

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
  idleSeconds: sessionTtlSeconds,
  endSessionUrl: '{{NUXT_PUBLIC_AUTH_URL}}/application/o/portal/end-session/',
});
