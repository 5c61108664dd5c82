/**
 * The forwarder process of a run: `node fleet/engines/cluster/forwarder.ts <run id>`. It listens on the run's local
 * addresses and prints them on standard output. It also ends the run when the owner is gone.
 */
import { PortForwarder } from '../../kubernetes/port-forward.ts';
import { readRunState } from '../../run/state.ts';
import { apiOf } from '../kubernetes/api.ts';
import { endWithOwner } from '../kubernetes/end-with-owner.ts';
import { forwardedPorts } from './forwarded-ports.ts';

const [runId = ''] = process.argv.slice(2);
const place = readRunState(runId)?.kubernetes;
if (!place) throw new Error(`There is no run "${runId}" in a cluster.`);

endWithOwner(runId, async () => (await import('./end.ts')).endRun(runId));

const forwarder = new PortForwarder(apiOf(place), place.namespace);
const addresses = await Promise.all(
  forwardedPorts.map(async ([service, port]) => [`${service}:${port}`, await forwarder.listen(service, port)] as const),
);
process.stdout.write(`${JSON.stringify(Object.fromEntries(addresses))}\n`);
