import { replay } from '../explore/replay.ts';
import { test } from '../fixtures/index.ts';

test.use({ needs: ['store', 'authentik-control', 'rollout', 'kill'] });
test.setTimeout(70000);

// anna's session of operator on the laptop is not in Redis any more.
test('seed-1-memory-sessions: a sequence that explore found', async ({ fleet, browser, clientId }) => {
  // Found with seed 1. Give it a name, and move it to the folder of what it shows.
  await replay({ fleet, browser, clientId }, [
    // anna signs in to operator on the laptop
    { do: 'sign in', browser: 'laptop', app: 'operator', person: 'anna' },
  ]);
});
