import { beforeHeaders } from '../http/before-headers.ts';

/**
 * Keeps the app's responses out of every cache: pages and API answers are one person's, and redirects and errors change
 * from one request to the next (RFC 9111 section 5.2.2.5). Files of the build say themselves that they are public.
 */
export default defineNitroPlugin((nitro) => {
  nitro.hooks.hook('request', (event) => {
    const response = event.node.res;
    beforeHeaders(response, () => {
      const isPublic = String(response.getHeader('cache-control')).startsWith('public');
      // A 404 for a file during a rollout must not be cached.
      if (!isPublic || response.statusCode >= 400) response.setHeader('cache-control', 'no-store');
    });
  });
});
