import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { didYouMean } from '../../did-you-mean.ts';
import { HarnessError } from '../../errors.ts';
import type { SourceChange } from '../../manifests/change.ts';
import type { DeploymentStatus, Pod } from '../../manifests/status.ts';
import { isAlive } from '../../run/process-identity.ts';
import { logFile, readRunState, runDirectory, type RunState } from '../../run/state.ts';
import type { Fleet, NetworkFault, TemplateChange } from '../shared/engine.ts';
import { checkReplicas, FleetOfRun } from '../shared/fleet-of-run.ts';
import { call, planFile, type SupervisorPlan } from './control.ts';
import { reapRun } from './reap.ts';
import { lastLines } from '../shared/tail.ts';

/** Milliseconds that a supervisor may take to exit after it has reported the end of the run. */
const exitMs = 5_000;

/** A fleet of the local engine, through its supervisor. */
export class LocalFleet extends FleetOfRun implements Fleet {
  readonly #run: RunState;

  constructor(run: RunState) {
    super(run);
    this.#run = run;
  }

  async deployments(): Promise<DeploymentStatus[]> {
    return (await call(this.#run, 'status')).deployments;
  }

  async pods(deployment?: string): Promise<Pod[]> {
    const { pods } = await call(this.#run, 'status');
    return deployment === undefined ? pods : pods.filter((pod) => pod.deployment === deployment);
  }

  async scale(deployment: string, replicas: number): Promise<void> {
    checkReplicas(replicas);
    await call(this.#run, 'scale', deployment, replicas);
  }

  async rollout(deployment: string, { sources, ...change }: TemplateChange = {}): Promise<void> {
    const build = sources && (await this.#build(deployment, sources));
    await call(this.#run, 'rollout', deployment, { ...change, ...(build !== undefined && { build }) });
  }

  async #build(app: string, changes: readonly SourceChange[]): Promise<string> {
    const { sources } = JSON.parse(readFileSync(join(runDirectory(this.runId), planFile), 'utf8')) as SupervisorPlan;
    const built = await (
      await import('../../build/builds.ts')
    ).buildApps([app], { ...sources, changes: [...sources.changes, ...changes] });
    return built[app] ?? '';
  }

  async kill(pod: string, signal: NodeJS.Signals): Promise<void> {
    await call(this.#run, 'kill', pod, signal);
  }

  async deletePod(pod: string): Promise<void> {
    await call(this.#run, 'deletePod', pod);
  }

  /** Lines of a pod's output, even of a deleted pod. */
  async logs(pod: string, { tail = Infinity }: { tail?: number } = {}): Promise<string[]> {
    const file = logFile(this.runId, pod);
    if (!existsSync(file)) {
      const known = readdirSync(join(runDirectory(this.runId), 'logs')).map((name) => name.replace(/\.log$/, ''));
      throw new HarnessError(`There is no log of a pod "${pod}". ${didYouMean(pod, known)}`);
    }
    return lastLines(file, tail);
  }

  async metrics(name: string): Promise<string> {
    const { metricsAddress } = (await this.pods()).find((pod) => pod.name === name) ?? {};
    if (!metricsAddress) throw new HarnessError(`There is no pod "${name}" with a port named metrics.`);
    return (await fetch(`http://${metricsAddress.host}:${metricsAddress.port}/metrics`)).text();
  }

  async reach(service: string, port: number): Promise<{ host: string; port: number }> {
    const { services } = await call(this.#run, 'status');
    const address = services[`${service}:${port}`];
    if (address) return address;
    throw new HarnessError(
      `There is no Service port ${service}:${port}. There are: ${Object.keys(services).join(', ')}.`,
    );
  }

  async setNetworkFault(service: string, fault: NetworkFault = {}): Promise<void> {
    await call(this.#run, 'setNetworkFault', service, fault);
  }

  async adopt(pid: number): Promise<void> {
    await call(this.#run, 'adopt', pid);
  }

  async down(): Promise<void> {
    const run = readRunState(this.runId);
    if (!run) return;
    const { supervisor } = run;
    if (!supervisor || !isAlive(supervisor)) return reapRun(this.runId);
    const failed = await call(run, 'down', process.pid).then(
      () => undefined,
      (error: Error) => error,
    );
    // The supervisor has responded and is exiting, or is gone. Only its parent could wait for that.
    const deadline = Date.now() + exitMs;
    while (isAlive(supervisor) && Date.now() < deadline) await delay(5);
    if (!failed) return;
    if (isAlive(supervisor)) throw failed;
    reapRun(this.runId);
  }
}
