import { replay } from '../explore/replay.ts';
import { test } from '../fixtures/index.ts';

test.use({ needs: ['store', 'authentik-control', 'rollout', 'kill'] });
test.setTimeout(90000);

// Authentik refused a refresh token of operator, which was used before.
test('seed-1-refresh-lock-off: a sequence that explore found', async ({ fleet, browser, clientId }) => {
  // Found with seed 1. Give it a name, and move it to the folder of what it shows.
  await replay({ fleet, browser, clientId }, [
    // anna signs in to operator on the laptop
    { do: 'sign in', browser: 'laptop', app: 'operator', person: 'anna' },
    // operator on the laptop: the tokens become due
    { do: 'tokens become due', browser: 'laptop', app: 'operator' },
    // operator on the laptop: six calls at once, on both pods
    { do: 'call several times at once', browser: 'laptop', app: 'operator' },
  ]);
});
