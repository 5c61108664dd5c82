import { randomBytes } from 'node:crypto';
import type { ServerResponse } from 'node:http';

const always = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'strict-origin-when-cross-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=()',
  'cross-origin-opener-policy': 'same-origin',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
};

/** For pages: scripts of this build alone. Vue writes style attributes, which only 'unsafe-inline' allows. */
const pagePolicy = (nonce: string) =>
  [
    "default-src 'none'",
    `script-src 'self' 'nonce-${nonce}'`,
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "form-action 'self'",
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

/** Calls back when a response is about to send its headers, whoever sends them. */
const beforeHeaders = (response: ServerResponse, change: () => void) => {
  const { writeHead } = response;
  response.writeHead = function (this: ServerResponse, ...args: unknown[]) {
    change();
    return (writeHead as (...args: unknown[]) => ServerResponse).apply(this, args);
  } as typeof writeHead;
};

export default defineNitroPlugin((nitro) => {
  const ownScheme = new URL(useRuntimeConfig().public.ownUrl).protocol.slice(0, -1);
  nitro.hooks.hook('request', (event) => {
    setResponseHeaders(event, always);
    // TLS ends at the ingress, which says so.
    const scheme = getRequestHeader(event, 'x-forwarded-proto')?.split(',', 1)[0] ?? ownScheme;
    if (scheme === 'https') setResponseHeader(event, 'strict-transport-security', 'max-age=31536000');
    const response = event.node.res;
    beforeHeaders(response, () => {
      const cookies = response.getHeader('set-cookie');
      if (cookies !== undefined)
        response.setHeader(
          'set-cookie',
          [cookies].flat().map((cookie) => harden(String(cookie))),
        );
    });
  });
  if (import.meta.dev) return;
  nitro.hooks.hook('render:html', (html, { event }) => {
    const nonce = randomBytes(16).toString('base64');
    setResponseHeader(event, 'content-security-policy', pagePolicy(nonce));
    const sign = (chunks: string[]) => chunks.map((chunk) => chunk.replaceAll('<script', `<script nonce="${nonce}"`));
    html.head = sign(html.head);
    html.bodyPrepend = sign(html.bodyPrepend);
    html.bodyAppend = sign(html.bodyAppend);
  });
});
