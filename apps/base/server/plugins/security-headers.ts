import { randomBytes } from 'node:crypto';
import { beforeHeaders, changeCookies } from '../http/before-headers.ts';
import { endSession } from '../authentik/end-session-url.ts';

const always = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'strict-origin-when-cross-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=()',
  'cross-origin-opener-policy': 'same-origin',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
};

/**
 * For pages: only scripts of this build. Vue writes style attributes, which need 'unsafe-inline'. The sign-out form is
 * redirected to Authentik, and Chromium also checks redirects against `form-action`.
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

/** nuxt-oidc-auth sets and deletes cookies without some of these attributes. */
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
    // TLS terminates at the ingress, which reports the scheme in this header.
    const scheme = getRequestHeader(event, 'x-forwarded-proto')?.split(',', 1)[0] ?? ownScheme;
    if (scheme === 'https') setResponseHeader(event, 'strict-transport-security', 'max-age=31536000');
    changeCookies(event.node.res, harden);
    // Nitro repeats x-forwarded-host in errors. It looks up a file for each value of accept-encoding, and thousands of values
    // cost a second of CPU; the build has no compressed files.
    for (const name of ['x-forwarded-host', 'accept-encoding']) delete event.node.req.headers[name];
    beforeHeaders(event.node.res, () => {
      // Nuxt adds its name to every page that it renders, and Nitro the URL to the reason phrase of an error.
      event.node.res.removeHeader('x-powered-by');
      event.node.res.statusMessage = '';
    });
  });
  if (import.meta.dev) return;
  nitro.hooks.hook('render:html', (html, { event }) => {
    const nonce = randomBytes(16).toString('base64');
    setResponseHeader(event, 'content-security-policy', pagePolicy(nonce, new URL(endSession().endSessionUrl).origin));
    // A script of a user gets no nonce: Nuxt and unhead escape `<` in data and titles, and the body is not signed.
    const sign = (chunks: string[]) => chunks.map((chunk) => chunk.replaceAll('<script', `<script nonce="${nonce}"`));
    html.head = sign(html.head);
    html.bodyPrepend = sign(html.bodyPrepend);
    html.bodyAppend = sign(html.bodyAppend);
  });
});
