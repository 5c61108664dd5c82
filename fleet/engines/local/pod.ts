import { spawn, type ChildProcess } from 'node:child_process';
import { appendFileSync, closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { LocalProgram } from '../../manifests/images.ts';
import { versionLabel, type Container, type PodTemplate } from '../../manifests/objects.ts';
import type { Pod, PodPhase } from '../../manifests/status.ts';
import { send, programPath } from '../../programs.ts';
import { asHarnessError } from '../../run/file-system-fault.ts';
import { identify, type ProcessIdentity } from '../../run/process-identity.ts';
import { ContainerConfigError } from './environment.ts';
import { host } from './ports.ts';
import { startProbe, type ProbeTarget } from './probe.ts';

export interface LaunchPlan {
  program: LocalProgram;
  environment: Record<string, string>;
}

export interface PodOptions {
  name: string;
  deployment: string;
  template: PodTemplate;
  templateHash: string;
  /** Local port for each port name. The pod keeps them when its container restarts. */
  ports: Readonly<Record<string, number>>;
  /** Milliseconds before the second restart in a row. The first is immediate, and each later one waits twice as long. */
  backOffMs: number;
  logFile: string;
  /** What to start. Called for each start of the container, because a kubelet also reads ConfigMaps again. */
  plan: (pod: LocalPod) => LaunchPlan;
  /** Called before the process is used, and when it has ended. */
  recordStart: (identity: ProcessIdentity) => void;
  recordEnd: (identity: ProcessIdentity) => void;
  changed: () => void;
}

type OnResult = Parameters<typeof startProbe>[2];

/** A startup probe may run more often than its period, to notice a started process sooner. */
const startupPeriodMs = 50;
const maxBackOffMs = 30_000;
/** A container that ran for this long starts again without back-off. */
const backOffForgottenMs = 60_000;
/** A kubelet gives a container at least this long after SIGTERM, even when preStop has used up the grace period. */
const minimumGraceMs = 2_000;
const logMode = 0o600;

/** One pod: a process that is restarted and terminated as by a kubelet. */
export class LocalPod {
  readonly name: string;
  readonly deployment: string;
  readonly template: PodTemplate;
  readonly templateHash: string;
  readonly ports: Readonly<Record<string, number>>;
  readonly createdAt = Date.now();

  readonly #options: PodOptions;
  readonly #container: Container;
  readonly #target: ProbeTarget;
  #child: ChildProcess | undefined;
  readonly #probes: Array<() => void> = [];
  #restartTimer: NodeJS.Timeout | undefined;
  #backOff = 0;
  #startedAt = Date.now();
  #passing = false;
  #lastExit: string | undefined;
  /** The container is being terminated from outside: by its pod's deletion, a probe or a signal. */
  #asked = false;
  #reason: string | undefined;

  restarts = 0;
  wasReady = false;
  terminating = false;
  gone = false;
  /** Its container last exited by itself, or could not be configured from its spec. */
  crashed = false;
  /** Resolves when the process of its container is gone. */
  exited: Promise<void> = Promise.resolve();

  constructor(options: PodOptions) {
    this.#options = options;
    this.name = options.name;
    this.deployment = options.deployment;
    this.template = options.template;
    this.templateHash = options.templateHash;
    this.ports = options.ports;
    const [container] = options.template.spec.containers;
    if (!container) throw new Error(`${options.name} has no container`);
    this.#container = container;
    this.#target = { podName: options.name, portOf: (port) => this.portOf(port) };
  }

  get ready(): boolean {
    return this.#passing && this.#child !== undefined;
  }

  /** The local port for a container port's name or number. */
  portOf(port: string | number): number | undefined {
    const declared = this.#container.ports?.find(({ name, containerPort }) => name === port || containerPort === port);
    return declared?.name === undefined ? undefined : this.ports[declared.name];
  }

  view(): Pod {
    const { http, metrics } = this.ports;
    return {
      name: this.name,
      deployment: this.deployment,
      revision: this.template.metadata.labels[versionLabel] ?? '',
      templateHash: this.templateHash,
      phase: this.#phase(),
      ready: this.ready && !this.terminating,
      restarts: this.restarts,
      startedAt: new Date(this.#startedAt).toISOString(),
      ...(http === undefined ? {} : { address: { host, port: http } }),
      ...(metrics === undefined ? {} : { metricsAddress: { host, port: metrics } }),
      ...(this.#lastExit === undefined ? {} : { lastExit: this.#lastExit }),
      ...(this.reason === undefined || this.terminating ? {} : { reason: this.reason }),
    };
  }

  /** Why it is not Ready, when that is known. */
  get reason(): string | undefined {
    return this.ready
      ? undefined
      : (this.#reason ?? (this.#child ? 'its readiness probe has not passed' : 'it does not run'));
  }

  #phase(): PodPhase {
    if (this.gone) return 'Succeeded';
    if (this.terminating) return 'Terminating';
    return this.#child ? 'Running' : 'Pending';
  }

  start(): void {
    this.#startedAt = Date.now();
    let plan: LaunchPlan;
    let log: number;
    try {
      plan = this.#options.plan(this);
      log = this.#openLog();
    } catch (error) {
      this.#cannotStart(error);
      return;
    }
    this.#spawn(plan, log);
  }

  /**
   * A start that the machine or the configuration prevents is retried, as by a kubelet. Any other error is a bug in the
   * harness.
   */
  #cannotStart(error: unknown): void {
    const isSpecFault = error instanceof ContainerConfigError;
    const fault = asHarnessError(error);
    if (!isSpecFault && fault === error) throw error;
    this.crashed = isSpecFault;
    const { name, message } = fault as Error;
    this.#ended(isSpecFault ? `${name}: ${message}` : `could not start: ${message}`);
  }

  #spawn({ program, environment }: LaunchPlan, log: number): void {
    const { file, args, cwd, env } = launchOf(this.#container, program, environment);
    const child = spawn(file, args, {
      cwd,
      // In its own process group, so that its child processes can be ended with it.
      detached: true,
      stdio: ['ignore', log, log],
      env,
    });
    closeSync(log);
    this.#child = child;
    const identity = child.pid === undefined ? undefined : identify(child.pid);
    const { promise, resolve } = Promise.withResolvers<void>();
    this.exited = promise;
    this.#asked = false;
    const end = (outcome: string, unprompted: boolean): void => {
      if (this.#child !== child) return;
      this.crashed = unprompted && !this.#asked;
      this.#child = undefined;
      // When PID 1 exits, every process in its container is killed.
      if (child.pid !== undefined) send(-child.pid, 'SIGKILL');
      // Done first: a later failure must not leave callers waiting for a process that is gone.
      resolve();
      if (identity) this.#options.recordEnd(identity);
      this.#ended(outcome);
    };
    // A missing program or a lack of kernel memory is a fault of the machine.
    child.once('error', (error) => end(`could not start: ${error.message}`, false));
    child.once('exit', (code, signal) => end(signal ?? `exit code ${code}`, signal !== 'SIGKILL'));
    if (identity) this.#options.recordStart(identity);
    this.#startProbes();
    this.#options.changed();
  }

  #startProbes(): void {
    const { startupProbe } = this.#container;
    if (!startupProbe) {
      this.#startSteadyProbes();
      return;
    }
    const onResult: OnResult = (passing, reason) => {
      this.#stopProbes();
      if (passing) this.#startSteadyProbes();
      else void this.#restart(`its startup probe failed: ${reason}`);
    };
    const period = Math.min(startupPeriodMs, (startupProbe.periodSeconds ?? 10) * 1000);
    this.#probes.push(startProbe(startupProbe, this.#target, onResult, period));
  }

  #startSteadyProbes(): void {
    const { readinessProbe, livenessProbe } = this.#container;
    const onReadiness: OnResult = (passing, reason) => this.#setPassing(passing, reason);
    if (readinessProbe) this.#probes.push(startProbe(readinessProbe, this.#target, onReadiness));
    else this.#setPassing(true, undefined);
    const onLiveness: OnResult = (passing, reason) => {
      if (!passing) void this.#restart(`its liveness probe failed: ${reason}`);
    };
    if (livenessProbe) this.#probes.push(startProbe(livenessProbe, this.#target, onLiveness));
  }

  #stopProbes(): void {
    for (const stop of this.#probes.splice(0)) stop();
  }

  #setPassing(passing: boolean, reason: string | undefined): void {
    this.#reason = reason;
    if (this.#passing === passing) return;
    this.#passing = passing;
    this.wasReady ||= passing;
    this.#options.changed();
  }

  #ended(outcome: string): void {
    this.#stopProbes();
    this.#lastExit = outcome;
    this.#setPassing(false, `its container ended (${outcome})`);
    if (this.terminating) this.#options.changed();
    else this.#scheduleRestart(outcome);
  }

  #scheduleRestart(outcome: string): void {
    if (Date.now() - this.#startedAt > backOffForgottenMs) this.#backOff = 0;
    const delay = this.#backOff;
    this.#backOff = delay === 0 ? this.#options.backOffMs : Math.min(delay * 2, maxBackOffMs);
    this.#note(`the container ended (${outcome}); it restarts in ${delay} ms`);
    this.#restartTimer = setTimeout(() => {
      this.restarts += 1;
      this.start();
    }, delay);
    this.#options.changed();
  }

  /** Terminates the container because a probe failed; the container then restarts. */
  async #restart(why: string): Promise<void> {
    this.#stopProbes();
    this.#note(why);
    this.#setPassing(false, why);
    await this.#killContainer();
  }

  /** Terminates a pod: preStop, SIGTERM, grace period, SIGKILL. Resolves when its process is gone. */
  async terminate(): Promise<void> {
    if (this.terminating) return await this.exited;
    this.terminating = true;
    clearTimeout(this.#restartTimer);
    this.#stopProbes();
    this.#options.changed();
    await this.#killContainer();
    this.#setGone();
  }

  /** Terminates a pod without preStop or grace period. Resolves when its process is gone. */
  async destroy(): Promise<void> {
    this.terminating = true;
    clearTimeout(this.#restartTimer);
    this.#stopProbes();
    if (this.#child?.pid !== undefined) send(-this.#child.pid, 'SIGKILL');
    await this.exited;
    this.#setGone();
  }

  #setGone(): void {
    if (this.gone) return;
    this.gone = true;
    this.#options.changed();
  }

  /** The countdown of the grace period starts before preStop (container lifecycle hooks, Kubernetes documentation). */
  async #killContainer(): Promise<void> {
    const child = this.#child;
    if (!child) return;
    this.#asked = true;
    const exited = this.exited;
    const graceMs = (this.template.spec.terminationGracePeriodSeconds ?? 30) * 1000;
    const startedAt = Date.now();
    const preStopMs = (this.#container.lifecycle?.preStop?.sleep?.seconds ?? 0) * 1000;
    if (preStopMs > 0) await firstOf(exited, Math.min(preStopMs, graceMs));
    if (this.#child !== child) return;
    child.kill('SIGTERM');
    const left = graceMs === 0 ? 0 : Math.max(minimumGraceMs, graceMs - (Date.now() - startedAt));
    await firstOf(exited, left);
    if (this.#child !== child) return;
    this.#note(`still running ${graceMs} ms after its end was asked for: SIGKILL`);
    if (child.pid !== undefined) send(-child.pid, 'SIGKILL');
    await exited;
  }

  /** Sends a signal to the container's process. False when none runs. */
  signal(signal: NodeJS.Signals): boolean {
    this.#asked ||= signal !== 'SIGSTOP' && signal !== 'SIGCONT';
    return this.#child?.kill(signal) ?? false;
  }

  #openLog(): number {
    mkdirSync(dirname(this.#options.logFile), { recursive: true });
    return openSync(this.#options.logFile, 'a', logMode);
  }

  #note(text: string): void {
    closeSync(this.#openLog());
    appendFileSync(this.#options.logFile, `[fleet] ${text}\n`);
  }
}

/** Resolves when the promise does, or after this many milliseconds. */
const firstOf = (promise: Promise<void>, ms: number): Promise<void> =>
  Promise.race([promise, wait(ms, undefined, { ref: false })]);

/** The process of a container: its arguments replace those of the image, its variables override those of the image. */
export function launchOf(
  { args }: Pick<Container, 'args'>,
  program: LocalProgram,
  environment: Readonly<Record<string, string>>,
) {
  const [file = '', ...rest] = [...program.entrypoint, ...(args ?? program.cmd), ...(program.listen.args ?? [])];
  return {
    file,
    args: rest,
    cwd: program.cwd,
    // `spawn` leaves out what is undefined.
    env: {
      PATH: programPath(),
      ...program.env,
      ...environment,
      ...program.listen.env,
    },
  };
}
