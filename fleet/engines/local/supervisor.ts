/** The supervisor process, which runs one fleet: `node fleet/engines/local/supervisor.ts <run id>`. */
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { duration } from '../../duration.ts';
import { HarnessError } from '../../errors.ts';
import type { Images } from '../../manifests/images.ts';
import { ancestorsOf, endFamily, identify, type ProcessIdentity } from '../../run/process-identity.ts';
import { logFile, notUpYet, podFolder, readRunState, removeRun, runDirectory, writeRunState } from '../../run/state.ts';
import type { RunState } from '../../run/state.ts';
import { Cluster } from './cluster.ts';
import { controlServer, sentErrorOf, planFile } from './control.ts';
import type { StartMessage, SupervisorCalls, SupervisorPlan } from './control.ts';
import { host, Ports } from './ports.ts';

const [runId = ''] = process.argv.slice(2);
const plan = JSON.parse(readFileSync(join(runDirectory(runId), planFile), 'utf8')) as SupervisorPlan;
const found = readRunState(runId);
const supervisor = identify(process.pid);
if (!found || !supervisor) throw new HarnessError(`There is no run "${runId}". Start one with: npm run fleet -- up`);
/** The run's state, with this process as its supervisor. */
const state: RunState = { ...found, supervisor };

const adopted: ProcessIdentity[] = [];
let cluster: Cluster | undefined;
let ending: Promise<void> | undefined;
let up = false;

/** Writes the state. An ending run has no folder any more. */
function record(change: (state: RunState) => void): void {
  change(state);
  if (!ending) writeRunState(state);
}

function send(message: StartMessage): void {
  if (process.connected) process.send?.(message);
}

/** Ends every process of the run and removes its folder. Later calls get the first call's result. */
function end(spared: readonly number[] = []): Promise<void> {
  ending ??= (async () => {
    await cluster?.stop();
    for (const identity of adopted) endFamily(identity, spared);
    removeRun(runId);
  })();
  return ending;
}

async function endAndExit(code: number): Promise<void> {
  try {
    await end();
  } catch (error) {
    // The next command removes the remains of this run as abandoned. A supervisor that stays alive would prevent that.
    console.error(error);
  } finally {
    process.exit(code);
  }
}

const running = (): Cluster => {
  if (ending) throw new HarnessError(`The fleet ${runId} is being taken down. Start one with: npm run fleet -- up`);
  if (cluster) return cluster;
  throw notUpYet(runId);
};

const calls: SupervisorCalls = {
  status: () => ({
    deployments: running().deployments(),
    pods: running().pods(),
    services: running().services(),
  }),
  scale: (...parameters) => running().scale(...parameters),
  rollout: (...parameters) => running().rollout(...parameters),
  kill: (...parameters) => running().kill(...parameters),
  deletePod: (...parameters) => running().deletePod(...parameters),
  setNetworkFault: (...parameters) => running().setNetworkFault(...parameters),
  adopt: (pid) => {
    const identity = identify(pid);
    if (!identity) throw new HarnessError(`There is no process ${pid} to adopt.`);
    adopted.push(identity);
    record(({ processes }) => processes.push(identity));
  },
  down: async (caller) => {
    await end(ancestorsOf(caller));
    // Respond first; then nothing keeps the process running.
    setImmediate(() => server.close(() => process.exit(0)));
  },
};

const token = randomBytes(32).toString('base64url');
const server = controlServer(token, calls, (error) => console.error(error));

// The owner holds the other end. The kernel closes it when the owner ends for any reason.
process.stdin.resume();
process.stdin.once('close', () => {
  if (!(up && plan.detached)) void endAndExit(0);
});
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.once(signal, () => void endAndExit(0));
for (const fault of ['uncaughtException', 'unhandledRejection'] as const) {
  // Not `once`: a second signal must not cut the cleanup short.
  process.on(fault, (error: unknown) => {
    console.error(error);
    send({ type: 'failed', error: sentErrorOf(error) });
    void endAndExit(2);
  });
}

async function start(): Promise<void> {
  const startedAt = performance.now();
  const ports = await Ports.claim(server);
  const { images } = (await import(plan.imagesModule)) as { images: Images };
  record((run) => {
    run.control = { url: `http://${host}:${ports.first}`, token };
  });
  cluster = new Cluster({
    runId,
    objects: plan.objects,
    images,
    builds: plan.builds,
    ports,
    edge: plan.edge,
    logFile: (pod) => logFile(runId, pod),
    podFolder: (pod) => podFolder(runId, pod),
    recordStart: (identity) => record(({ processes }) => processes.push(identity)),
    recordEnd: ({ pid }) =>
      record((run) => {
        run.processes = run.processes.filter((known) => known.pid !== pid);
      }),
  });
  await cluster.start((deployment) => {
    send({ type: 'progress', line: `${deployment} is ready after ${duration(performance.now() - startedAt)}` });
  });
  const address = cluster.edgeAddress;
  const authentik = cluster.services()['authentik:9001'];
  record((run) => {
    if (address) run.edge = { ...address, caFile: plan.edge.caFile, spki: plan.edge.spki };
    if (authentik) run.authentikControlUrl = `http://${authentik.host}:${authentik.port}`;
  });
  up = true;
  send({ type: 'up' });
}

try {
  await start();
} catch (error) {
  if (!ending) send({ type: 'failed', error: sentErrorOf(error) });
  await endAndExit(2);
}
