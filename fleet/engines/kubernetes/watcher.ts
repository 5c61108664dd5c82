/**
 * The watcher process of a run in Kubernetes: `node fleet/engines/kubernetes/watcher.ts <run id> [<service>:<port>]`. It ends the run when
 * its owner or its files are gone. In a cluster that is reached only through its API it also forwards local ports, and
 * tells its owner their addresses.
 */
import { readRunState, startsNode } from '../../run/state.ts';

const filesGoneMs = 5_000;

const [runId = '', ...further] = process.argv.slice(2);
/** The ports that every process which attaches needs: the edge, the mock's control plane, and those of the product. */
const forwardedPorts = ['edge:3128', 'edge:3129', 'authentik:9001', ...further];
const state = readRunState(runId);

// Modules are loaded only when they are needed, to keep the waiting process small.
const end = async (): Promise<void> => {
  // A node is found by its labels. A namespace is not reached without the kubeconfig in the run's files.
  if ((state && startsNode[state.engine]) || readRunState(runId)) await (await import('./end.ts')).endRun(runId);
  process.exit(0);
};

// The owner holds the other end. The kernel closes it when the owner ends for any reason.
process.stdin.resume();
process.stdin.once('close', () => {
  const now = readRunState(runId);
  if (!(now?.detached && now.edge)) void end();
});
// Ctrl-C in a terminal is meant for the owner.
for (const signal of ['SIGINT', 'SIGHUP'] as const) process.on(signal, () => {});
const looking = setInterval(() => {
  if (readRunState(runId)) return;
  clearInterval(looking);
  void end();
}, filesGoneMs);

let forwarded = {};
if (state?.kubernetes && !startsNode[state.engine]) {
  const { apiOf } = await import('./api.ts');
  const { PortForwarder } = await import('../../kubernetes/port-forward.ts');
  const forwarder = new PortForwarder(apiOf(state.kubernetes), state.kubernetes.namespace);
  const addresses = forwardedPorts.map(async (address) => {
    const [service = '', port] = address.split(':');
    return [address, await forwarder.listen(service, Number(port))] as const;
  });
  forwarded = Object.fromEntries(await Promise.all(addresses));
}
if (process.connected) process.send?.(forwarded);
