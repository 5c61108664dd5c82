/**
 * A process that owns a fleet and is killed by a test: `node owner.ts <folder> <run id> [detached]`. It adopts a child
 * and reports that.
 */
import { spawn } from 'node:child_process';
import { web } from './manifests.ts';
import { engineFor } from './overlay.ts';

const [directory = '', runId = '', detached] = process.argv.slice(2);
const fleet = await engineFor(directory, web()).up({ runId, detached: detached !== undefined });
const adopted = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
await fleet.adopt(adopted.pid ?? 0);
process.stdout.write(`up ${adopted.pid}\n`);
setInterval(() => {}, 1_000);
