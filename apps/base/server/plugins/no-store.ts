import { beforeHeaders } from '../http/before-headers.ts';

/**
 * Keeps the app's responses out of every cache. Pages and API responses belong to one user, and redirects and errors
 * change between requests (RFC 9111 section 5.2.2.5). Build assets set their own public cache headers.
 */
export default defineNitroPlugin((nitro) => {
  nitro.hooks.hook('request', (event) => {
    const response = event.node.res;
    beforeHeaders(response, () => {
      const isPublic = String(response.getHeader('cache-control')).startsWith('public');
      // A 404 for an asset during a rollout must not be cached.
      if (!isPublic || response.statusCode >= 400) response.setHeader('cache-control', 'no-store');
    });
  });
});
