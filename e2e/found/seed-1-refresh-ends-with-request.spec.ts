import { replay } from '../explore/replay.ts';
import { test } from '../fixtures/index.ts';

test.use({ needs: ['store', 'authentik-control', 'rollout', 'kill'] });
test.setTimeout(220000);

// ben's session of operator on the phone: GET /api/me was answered 200 by operator-rwlv2bqk6-wcv8x (1.0.0); wanted refused.
test('seed-1-refresh-ends-with-request: a sequence that explore found', async ({ fleet, browser, clientId }) => {
  // Found with seed 1. Give it a name, and move it to the folder of what it shows.
  await replay({ fleet, browser, clientId }, [
    // anna signs in to portal on the phone
    { do: 'sign in', browser: 'phone', app: 'portal', person: 'anna' },
    // ben signs in to operator on the phone
    { do: 'sign in', browser: 'phone', app: 'operator', person: 'ben' },
    // the clock of Authentik is 240 s behind
    { do: 'move the clock of Authentik', seconds: -240 },
    // ben signs in to portal on the laptop
    { do: 'sign in', browser: 'laptop', app: 'portal', person: 'ben' },
    // ben signs in to operator on the laptop
    { do: 'sign in', browser: 'laptop', app: 'operator', person: 'ben' },
    // portal on the laptop: the tokens become due
    { do: 'tokens become due', browser: 'laptop', app: 'portal' },
    // portal on the laptop: GET /api/me on pod 0
    { do: 'call', browser: 'laptop', app: 'portal', pod: 0, path: '/api/me' },
    // operator on the laptop: the access token expires
    { do: 'tokens are used up', browser: 'laptop', app: 'operator' },
    // operator on the laptop: GET /api/_auth/session on pod 0
    { do: 'call', browser: 'laptop', app: 'operator', pod: 0, path: '/api/_auth/session' },
    // operator on the phone: six calls at once, on both pods
    { do: 'call several times at once', browser: 'phone', app: 'operator' },
    // an administrator revokes the refresh tokens of ben
    { do: 'revoke refresh tokens', person: 'ben' },
    // anna signs in to operator on the laptop
    { do: 'sign in', browser: 'laptop', app: 'operator', person: 'anna' },
    // portal on the phone: GET /api/me on pod 0
    { do: 'call', browser: 'phone', app: 'portal', pod: 0, path: '/api/me' },
    // operator on the phone: the tokens become due
    { do: 'tokens become due', browser: 'phone', app: 'operator' },
    // portal on the laptop: six calls at once, on both pods
    { do: 'call several times at once', browser: 'laptop', app: 'portal' },
    // operator on the phone: GET /api/me on pod 0
    { do: 'call', browser: 'phone', app: 'operator', pod: 0, path: '/api/me' },
  ]);
});
