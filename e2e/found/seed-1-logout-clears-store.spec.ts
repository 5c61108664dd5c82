import { replay } from '../explore/replay.ts';
import { test } from '../fixtures/index.ts';

test.use({ needs: ['store', 'authentik-control', 'rollout', 'kill'] });
test.setTimeout(80000);

// anna's session of portal on the laptop is not in Redis any more.
test('seed-1-logout-clears-store: a sequence that explore found', async ({ fleet, browser, clientId }) => {
  // Found with seed 1. Give it a name, and move it to the folder of what it shows.
  await replay({ fleet, browser, clientId }, [
    // anna signs in to portal on the laptop
    { do: 'sign in', browser: 'laptop', app: 'portal', person: 'anna' },
    // anna signs in to portal on the laptop
    { do: 'sign in', browser: 'laptop', app: 'portal', person: 'anna' },
  ]);
});
