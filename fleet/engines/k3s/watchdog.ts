/** The watchdog process of a run, which ends the run when the owner is gone: `node fleet/engines/k3s/watchdog.ts <run id>`. */
import { endWithOwner } from '../kubernetes/end-with-owner.ts';

const [runId = ''] = process.argv.slice(2);

// Loaded only when it is needed, to keep the waiting process small.
endWithOwner(runId, async () => (await import('./reap.ts')).endRun(runId));
