import { defineApp } from '../base/define-app.ts';

export default defineApp('operator', {
  idleSeconds: 12 * 60 * 60,
  maxSeconds: 24 * 60 * 60,
  endSessionUrl: '{{NUXT_PUBLIC_AUTH_URL}}/application/o/operator/end-session/',
});
