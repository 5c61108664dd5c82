/**
 * The forwarder process of a run: `node fleet/engines/cluster/forwarder.ts <run id>`. It listens on the run's local
 * addresses and prints them on standard output. It is also the run's watchdog: the owner holds the other end of its
 * standard input, and the kernel closes that when the owner ends in any way. It does not end a detached run that is up.
 */
import { PortForwarder } from '../../kubernetes/port-forward.ts';
import { readRunState } from '../../run/state.ts';
import { apiOf } from '../kubernetes/api.ts';
import { forwardedPorts } from './forwarded-ports.ts';

const [runId = ''] = process.argv.slice(2);
const state = readRunState(runId);
if (!state?.kubernetes) throw new Error(`There is no run "${runId}" in a cluster.`);

process.stdin.resume();
process.stdin.once('close', () => void ownerIsGone());
// Ctrl-C in a terminal is for the owner. This process notices the owner's end on standard input.
for (const signal of ['SIGINT', 'SIGHUP'] as const) process.on(signal, () => {});

const { kubeconfig, namespace } = state.kubernetes;
const forwarder = new PortForwarder(apiOf({ kubeconfig }), namespace);
const addresses = await Promise.all(
  forwardedPorts.map(async ([service, port]) => [`${service}:${port}`, await forwarder.listen(service, port)] as const),
);
process.stdout.write(`${JSON.stringify(Object.fromEntries(addresses))}\n`);

async function ownerIsGone(): Promise<void> {
  const now = readRunState(runId);
  if (now?.detached && now.edge) return;
  const { endRun } = await import('./end.ts');
  if (now) await endRun(runId);
  process.exit(0);
}
