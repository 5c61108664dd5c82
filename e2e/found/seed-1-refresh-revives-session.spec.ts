import { replay } from '../explore/replay.ts';
import { test } from '../fixtures/index.ts';

test.use({ needs: ['store', 'authentik-control', 'rollout', 'kill'] });
test.setTimeout(200000);

// ben's session of portal on the phone: GET /api/me was answered 200 by portal-6c2p9lgxh-x7sxq (1.0.0); wanted refused.
test('seed-1-refresh-revives-session: a sequence that explore found', async ({ fleet, browser, clientId }) => {
  // Found with seed 1. Give it a name, and move it to the folder of what it shows.
  await replay({ fleet, browser, clientId }, [
    // ben signs in to portal on the phone
    { do: 'sign in', browser: 'phone', app: 'portal', person: 'ben' },
    // ben signs in to portal on the phone
    { do: 'sign in', browser: 'phone', app: 'portal', person: 'ben' },
    // somebody sends the cookie of an ended session (number 7) to pod 0
    { do: 'replay an old cookie', nth: 7, pod: 0 },
    // portal on the phone: the tokens become due
    { do: 'tokens become due', browser: 'phone', app: 'portal' },
    // ben signs in to operator on the laptop
    { do: 'sign in', browser: 'laptop', app: 'operator', person: 'ben' },
    // anna signs in to operator on the laptop
    { do: 'sign in', browser: 'laptop', app: 'operator', person: 'anna' },
    // somebody sends the cookie of an ended session (number 3) to pod 1
    { do: 'replay an old cookie', nth: 3, pod: 1 },
    // operator on the laptop: GET /api/me on pod 1
    { do: 'call', browser: 'laptop', app: 'operator', pod: 1, path: '/api/me' },
    // the clock of Authentik is 300 s ahead
    { do: 'move the clock of Authentik', seconds: 300 },
    // somebody sends the cookie of an ended session (number 3) to pod 0
    { do: 'replay an old cookie', nth: 3, pod: 0 },
    // operator on the laptop: the tokens become due
    { do: 'tokens become due', browser: 'laptop', app: 'operator' },
    // operator on the laptop: nobody uses it for 400 hours
    { do: 'leave unused', browser: 'laptop', app: 'operator', hours: 400 },
    // anna signs in to operator on the laptop
    { do: 'sign in', browser: 'laptop', app: 'operator', person: 'anna' },
    // portal on the phone: a call on pod 0, and at the same time a sign-out in a second tab on pod 1
    { do: 'sign out in a second tab', browser: 'phone', app: 'portal' },
  ]);
});
