import { randomBytes } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import type { ControlAccess } from '../control-token.ts';
import { didYouMean } from '../did-you-mean.ts';
import { HarnessError } from '../errors.ts';
import type { Hosts } from '../hosts.ts';
import { stateDirectory } from '../root.ts';
import { withFileLock } from './file-lock.ts';
import { unlessGone } from './file-system-fault.ts';
import { thisProcess, type ProcessIdentity } from './process-identity.ts';

/** Variable in the environment of every process of a run: its id. A run of another checkout may have the same. */
const runIdVariable = 'FLEET_RUN_ID';
/** Variable in the environment of every process of a run: the folder of its state, which no other run has. */
export const runFolderVariable = 'FLEET_RUN_FOLDER';

export type EngineName = 'local' | 'k3s' | 'cluster' | 'live';

/**
 * Whether an engine starts the node of its runs, a container of this machine's Docker. Such a node is found by its labels
 * and reached without the helper process of the run.
 */
export const startsNode: Readonly<Record<EngineName, boolean>> = {
  local: false,
  k3s: true,
  cluster: false,
  live: false,
};

export interface EdgeAddress extends ControlAccess {
  /** `http://127.0.0.1:<port>`: the proxy address for browsers, API clients and processes. */
  proxyUrl: string;
  caFile: string;
  /** base64 SHA-256 of the edge's public key, for Chromium's `--ignore-certificate-errors-spki-list`. */
  spki: string;
}

export interface KubernetesPlace {
  namespace: string;
  /** Uid of the namespace that the run created, to tell it from another of that name. Absent until it exists. */
  uid?: string;
  kubeconfig: string;
  /** The container of the cluster's node, and the run that started it. Absent: an existing cluster. */
  node?: { container: string; run: string };
  /** The reference of each image in the cluster, by its key. */
  images?: Readonly<Record<string, string>>;
  /** Node ports that the test machine can reach: `ports[<node port>]` is the port on `host`. */
  outside?: { host: string; ports: Record<string, number> };
  /** Where the run's forwarder listens for a Service's port, by `<service>:<port>`. */
  forwarded?: Record<string, { host: string; port: number }>;
}

/** Everything that another process needs to use a run or to end its remains. It contains a token: mode 0600. */
export interface RunState {
  runId: string;
  engine: EngineName;
  /** Where a run that lives in a cluster is. */
  kubernetes?: KubernetesPlace;
  startedAt: string;
  detached: boolean;
  hosts: Hosts;
  owner: ProcessIdentity;
  /** The helper process of the run: the local engine's supervisor, or the watcher of a run in Kubernetes. */
  supervisor?: ProcessIdentity;
  /** The supervisor's address; absent until it listens. */
  control?: { url: string; token: string };
  edge?: EdgeAddress;
  authentikControlUrl?: string;
  /** Every process of the run except the supervisor, stored before it is used. */
  processes: ProcessIdentity[];
}

/** A run in a cluster, once its place there is known. */
export type RunOnKubernetes = RunState & { kubernetes: KubernetesPlace };

export const runsDirectory = (): string => join(stateDirectory(), 'runs');
export const runDirectory = (runId: string): string => join(runsDirectory(), runId);
/** The same for everyone who reaches the folder through another link. */
const realPathOf = (path: string): string => (existsSync(path) ? realpathSync(path) : resolve(path));
/** Without links. It marks the processes of a run, because no other checkout has it, unlike the id. */
export const realRunDirectory = (runId: string): string => join(realPathOf(runsDirectory()), runId);
export const variablesOfRun = (runId: string) => ({
  [runIdVariable]: runId,
  [runFolderVariable]: realRunDirectory(runId),
});
export const podFolder = (runId: string, pod: string): string => join(runDirectory(runId), 'pods', pod);

export const logFile = (runId: string, pod: string): string => join(runDirectory(runId), 'logs', `${pod}.log`);

const stateFile = (runId: string): string => join(runDirectory(runId), 'state.json');
/** Beside the run's folder. Taking a lock creates its folder, which must not recreate the folder of a removed run. */
const lockFile = (runId: string): string => `${runDirectory(runId)}.lock`;

export const newRunId = (): string => `run-${randomBytes(4).toString('hex')}`;

/** @throws HarnessError when the id is not valid: it is also the name of a folder, a container and a namespace. */
export function checkRunId(runId: string): void {
  // A DNS label (RFC 1123), short enough to leave room for prefixes.
  if (/^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$/.test(runId)) return;
  throw new HarnessError(
    `"${runId}" cannot name a run. Use at most 40 lower-case letters and digits, with hyphens between them.`,
  );
}

/** Creates a run that this process owns. @throws HarnessError when the id is not valid or is taken. */
export function beginRun(
  engine: EngineName,
  { runId, hosts, detached }: Pick<RunState, 'runId' | 'hosts' | 'detached'>,
): void {
  checkRunId(runId);
  const startedAt = new Date().toISOString();
  const state: RunState = { runId, engine, startedAt, detached, hosts, owner: thisProcess(), processes: [] };
  mkdirSync(runsDirectory(), { recursive: true, mode: 0o700 });
  // Renamed in one step, so every run has a state.
  const draft = mkdtempSync(join(runsDirectory(), '.new-'));
  try {
    mkdirSync(join(draft, 'logs'));
    writeFileSync(join(draft, 'state.json'), textOf(state), { mode: 0o600 });
    renameSync(draft, runDirectory(runId));
  } catch (cause) {
    rmSync(draft, { recursive: true, force: true });
    if (!['ENOTEMPTY', 'EEXIST'].includes((cause as NodeJS.ErrnoException).code ?? '')) throw cause;
    throw new HarnessError(`There is a run "${runId}" already. End it with: npm run fleet -- down ${runId}`, { cause });
  }
}

/** The error for a run that an engine does not have; it names the engine's runs. */
export function noSuchRun(engine: EngineName, runId: string): HarnessError {
  const known = runIds().filter((each) => readRunState(each)?.engine === engine);
  const [kind, option] = engine === 'local' ? ['', ''] : [`${engine} `, ` --engine ${engine}`];
  const instead = known.length > 0 ? didYouMean(runId, known) : `Start one with: npm run fleet -- up${option}`;
  return new HarnessError(`There is no ${kind}run "${runId}". ${instead}`);
}

/** The error for a run that is still being started. */
export const notUpYet = (runId: string): HarnessError =>
  new HarnessError(`The run ${runId} is not up yet. Wait for the command that starts it.`);

const textOf = (state: RunState): string => `${JSON.stringify(state, undefined, 2)}\n`;

/** Replaces the state file atomically, so that a reader never sees a partial file. */
export function writeRunState(state: RunState): void {
  const file = stateFile(state.runId);
  const draft = `${file}.${process.pid}`;
  try {
    writeFileSync(draft, textOf(state), { mode: 0o600 });
    renameSync(draft, file);
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
}

/**
 * Changes fields of a run's state; concurrent processes take turns.
 * @param change returns the new fields, given the state on disk.
 * @returns the new state.
 */
export function updateRunState<Fields extends Partial<RunState>>(
  runId: string,
  change: (state: RunState) => Fields,
): Promise<RunState & Fields> {
  return withFileLock(lockFile(runId), async () => {
    const state = readRunState(runId);
    if (!state) throw new HarnessError(`The run ${runId} is gone. Start one with: npm run fleet -- up`);
    const changed = { ...state, ...change(state) };
    writeRunState(changed);
    return changed;
  });
}

/** Undefined when the run does not exist, or its state cannot be read. */
export function readRunState(runId: string): RunState | undefined {
  try {
    return JSON.parse(readFileSync(stateFile(runId), 'utf8')) as RunState;
  } catch {
    return undefined;
  }
}

/** The state of an engine's run. @throws HarnessError when the engine has no such run. */
export function stateOf(engine: EngineName, runId: string): RunState {
  const state = readRunState(runId);
  if (state?.engine === engine) return state;
  throw noSuchRun(engine, runId);
}

export function runIds(): string[] {
  const entries = unlessGone(() => readdirSync(runsDirectory(), { withFileTypes: true })) ?? [];
  return entries.filter((entry) => entry.isDirectory() && !entry.name.startsWith('.')).map(({ name }) => name);
}

export function removeRun(runId: string): void {
  // A dying process may still write its log, so removing the folder is retried.
  rmSync(runDirectory(runId), { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
  rmSync(lockFile(runId), { force: true });
}
