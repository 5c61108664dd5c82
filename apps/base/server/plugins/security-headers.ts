import { randomBytes } from 'node:crypto';
import { beforeHeaders, changeCookies } from '../http/before-headers.ts';
import { endSession } from '../http/end-session.ts';

const always = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'strict-origin-when-cross-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=()',
  'cross-origin-opener-policy': 'same-origin',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
};

/**
 * For pages: scripts of this build alone. Vue writes style attributes, which only 'unsafe-inline' allows.
 * The form that signs out is redirected to Authentik, and Chromium holds redirects against `form-action` too.
 */
const pagePolicy = (nonce: string, endSessionOrigin: string) =>
  [
    "default-src 'none'",
    `script-src 'self' 'nonce-${nonce}'`,
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    `form-action 'self' ${endSessionOrigin}`,
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ');

/** The cookies of nuxt-oidc-auth's sign-in and the ones it deletes come without some of these. */
const harden = (cookie: string) => {
  const missing = ['Secure', 'HttpOnly', 'SameSite=Lax'].filter(
    (attribute) => !new RegExp(`;\\s*${attribute.split('=')[0]}`, 'i').test(cookie),
  );
  return [cookie, ...missing].join('; ');
};

export default defineNitroPlugin((nitro) => {
  const ownScheme = new URL(useRuntimeConfig().public.ownUrl).protocol.slice(0, -1);
  nitro.hooks.hook('request', (event) => {
    setResponseHeaders(event, always);
    // TLS ends at the ingress, which says so.
    const scheme = getRequestHeader(event, 'x-forwarded-proto')?.split(',', 1)[0] ?? ownScheme;
    if (scheme === 'https') setResponseHeader(event, 'strict-transport-security', 'max-age=31536000');
    changeCookies(event.node.res, harden);
    // Nuxt names itself on every page that it renders.
    beforeHeaders(event.node.res, () => event.node.res.removeHeader('x-powered-by'));
  });
  if (import.meta.dev) return;
  nitro.hooks.hook('render:html', (html, { event }) => {
    const nonce = randomBytes(16).toString('base64');
    setResponseHeader(event, 'content-security-policy', pagePolicy(nonce, new URL(endSession().endSessionUrl).origin));
    const sign = (chunks: string[]) => chunks.map((chunk) => chunk.replaceAll('<script', `<script nonce="${nonce}"`));
    html.head = sign(html.head);
    html.bodyPrepend = sign(html.bodyPrepend);
    html.bodyAppend = sign(html.bodyAppend);
  });
});
