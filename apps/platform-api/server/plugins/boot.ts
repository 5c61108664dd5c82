import { setResponseHeaders } from 'h3';
import { defineNitroPlugin } from 'nitropack/runtime';
import { upstreamNames } from '../../src/config.ts';
import { config } from '../service.ts';

// Routes load on their first request; importing the service from a plugin makes a wrong environment stop the boot.
export default defineNitroPlugin((nitro) => {
  const access = upstreamNames.map((name) => `${name} ${config.upstreams[name]?.url ?? 'not configured'}`);
  console.log(`Tokens of ${config.realms.map((realm) => realm.issuer).join(', ')}; ${access.join(', ')}.`);

  const headers = {
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    ...(config.podName && { 'x-served-by': config.podName }),
    ...(config.revision && { 'x-revision': config.revision }),
  };
  // Before any routing, so that errors carry them too.
  nitro.hooks.hook('request', (event) => setResponseHeaders(event, headers));
});
