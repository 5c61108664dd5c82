/**
 * A process that owns a fleet and is killed by a test: `node owner.ts <run id> <start|run|detached>`. With
 * `start` the fleet never gets ready. It adopts a child, reports that, and ends the fleet when its standard input gets
 * data.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { web } from './web.ts';
import { engineFor } from './overlay.ts';

const [runId = '', how] = process.argv.slice(2);
const neverReady = { container: { env: [{ name: 'NEVER_READY', value: '1' }] } };
const objects = web({ replicas: 1, ...(how === 'start' && neverReady) });
const fleet = await engineFor(objects).up({ runId, detached: how === 'detached' });
const adopted = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
await fleet.adopt(adopted.pid ?? 0);
process.stdout.write(`up ${adopted.pid}\n`);
await once(process.stdin, 'data');
process.stdout.write('ending\n');
await fleet.down();
