import { defineApp } from '../base/define-app.ts';

export default defineApp({
  name: 'operator',
  title: 'Dezky Operator',
  ownUrl: 'NUXT_PUBLIC_OPERATOR_URL',
  urls: { authUrl: 'NUXT_PUBLIC_AUTH_URL', operatorUrl: 'NUXT_PUBLIC_OPERATOR_URL' },
  idleSeconds: 12 * 60 * 60,
  endSessionUrl: '{{NUXT_PUBLIC_AUTH_URL}}/application/o/operator/end-session/',
});
