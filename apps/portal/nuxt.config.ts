import { defineApp } from '../base/define-app.ts';

export default defineApp({
  name: 'portal',
  title: 'Dezky Portal',
  ownUrl: 'NUXT_PUBLIC_PORTAL_URL',
  urls: {
    authUrl: 'NUXT_PUBLIC_AUTH_URL',
    portalUrl: 'NUXT_PUBLIC_PORTAL_URL',
    mailUrl: 'NUXT_PUBLIC_MAIL_URL',
  },
  endSessionUrl: '{{NUXT_PUBLIC_AUTH_URL}}/application/o/portal/end-session/',
});
