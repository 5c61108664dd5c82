import { defineApp } from '../base/define-app.ts';

export default defineApp({
  name: 'portal',
  title: 'Dezky Portal',
  ownUrl: 'NUXT_PUBLIC_PORTAL_URL',
  endSessionUrl: '{{NUXT_PUBLIC_AUTH_URL}}/application/o/portal/end-session/',
});
