import { getRequestHeader, setResponseHeaders } from 'h3';
import { defineNitroPlugin } from 'nitropack/runtime';
import { exitWithoutPort } from '../../../environment/exit-without-port.ts';
import { requestIdOf } from '../../../environment/request-id.ts';
import { upstreamNames } from '../../src/config.ts';
import { config } from '../service.ts';

// Plugins are loaded at startup, routes on their first request. So a wrong environment prevents the startup.
export default defineNitroPlugin((nitro) => {
  exitWithoutPort();
  const access = upstreamNames.map((name) => `${name} ${config.upstreams[name]?.url ?? 'not configured'}`);
  console.log(`Tokens of ${config.realms.map((realm) => realm.issuer).join(', ')}; ${access.join(', ')}.`);

  const headers = {
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    ...(config.podName && { 'x-served-by': config.podName }),
    ...(config.revision && { 'x-revision': config.revision }),
  };
  // Before any routing, so that error responses have them too.
  nitro.hooks.hook('request', (event) => {
    // Nitro looks up a file for each value of this header, and thousands of values cost a second of CPU.
    delete event.node.req.headers['accept-encoding'];
    const requestId = requestIdOf(getRequestHeader(event, 'x-request-id'));
    event.context['requestId'] = requestId;
    setResponseHeaders(event, { ...headers, 'x-request-id': requestId });
  });
});
