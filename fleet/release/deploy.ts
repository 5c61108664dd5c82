import { HarnessError } from '../errors.ts';
import { reasonOf } from '../kubernetes/api.ts';
import type { KubernetesApi } from '../kubernetes/api.ts';
import { applyAll } from '../kubernetes/apply.ts';
import { reportOf } from '../kubernetes/report.ts';
import { waitUntilComplete } from '../kubernetes/wait.ts';
import { idOf, isKind, ofKind, versionLabel } from '../manifests/objects.ts';
import type { Deployment, KubeObject } from '../manifests/objects.ts';
import { asAsked } from './live.ts';
import { demandRights } from './rights.ts';

export interface DeployOptions {
  api: KubernetesApi;
  namespace: string;
  /** What is applied, pinned. */
  objects: readonly KubeObject[];
  /** Called with each step, and with all that is known when one fails. */
  onProgress: (line: string) => void;
  signal?: AbortSignal | undefined;
  /** Milliseconds that all rollouts together may take. Each Deployment's own progressDeadlineSeconds counts as well. */
  timeoutMs?: number | undefined;
  /** Smoke-tests the release from outside; `unknown` when it cannot. */
  smoke: () => Promise<'passed' | 'failed' | 'unknown'>;
  /** Go back to what was there before when the release fails. */
  rollBackOnFailure: boolean;
}

/**
 * `unproven`: it is rolled out, and nobody could look at it from outside. `failed`: it is in the cluster as far as it
 * came. `rolled back`: what was there before serves again.
 */
export type Outcome = 'released' | 'unproven' | 'failed' | 'rolled back';

/**
 * Applies a release, waits for every rollout, looks at it from outside, and goes back when that is asked for.
 * @throws HarnessError before anything is applied when rights are missing; the signal's reason when that is aborted.
 */
export async function deploy(options: DeployOptions): Promise<Outcome> {
  const { api, namespace, objects, onProgress, rollBackOnFailure } = options;
  const deployments = namesOf(objects);
  await demandRights(api, namespace);
  const before = await Promise.all(objects.map((object) => api.find(object)));
  try {
    await applyAll(api, objects);
    onProgress(`${objects.length} objects applied: ${changesOf(before, objects)}`);
    await complete(options, deployments, 'did not roll out');
    const verdict = await options.smoke();
    // A check that was interrupted says nothing.
    options.signal?.throwIfAborted();
    // Nor does one that cannot look: a sound release is not taken back for a broken proxy.
    if (verdict !== 'failed') return verdict === 'passed' ? 'released' : 'unproven';
    onProgress('The smoke checks failed. This is how the apps are:');
    for (const name of deployments) onProgress(await reportOf(api, namespace, name, { allLogs: true }));
  } catch (error) {
    // Who interrupts has looked, and decides what comes next.
    if (options.signal?.aborted) throw error;
    onProgress(reasonOf(error));
  }
  return rollBackOnFailure ? rollBack(options, before) : 'failed';
}

/**
 * Applies every object as it was found, and waits. What the release has made anew stays: who deploys may not delete.
 * @throws HarnessError when that fails as well.
 */
async function rollBack(options: DeployOptions, found: ReadonlyArray<KubeObject | undefined>): Promise<Outcome> {
  const { api, objects, onProgress } = options;
  const before = found.filter((object) => object !== undefined).map(asAsked);
  const made = objects.filter((_, index) => found[index] === undefined);
  if (made.length > 0) {
    onProgress(`New, and left there: ${made.map(idOf).join(', ')}.`);
  }
  const deployments = namesOf(before);
  if (deployments.length === 0) {
    onProgress('Nothing was released here before, so there is nothing to go back to.');
    return 'failed';
  }
  onProgress(`Going back to ${ofKind(before, 'Deployment').map(release).join(', ')} …`);
  try {
    await applyAll(api, before);
    await complete(options, deployments, 'did not go back');
  } catch (cause) {
    if (options.signal?.aborted) throw cause;
    throw new HarnessError(
      `Going back failed as well: ${reasonOf(cause).replace(/\.$/, '')}. See what serves: kubectl get deployments -n ${options.namespace}`,
      { cause },
    );
  }
  return 'rolled back';
}

const complete = (
  { api, namespace, onProgress, signal, timeoutMs }: DeployOptions,
  deployments: readonly string[],
  failureMessage: string,
): Promise<void> =>
  waitUntilComplete(api, namespace, deployments, {
    failureMessage,
    onComplete: (name) => onProgress(`${name} is rolled out`),
    signal,
    timeoutMs,
  });

/** `operator 1.0.0 -> 4f0b1c8…`. */
function changesOf(before: ReadonlyArray<KubeObject | undefined>, objects: readonly KubeObject[]): string {
  return objects
    .flatMap((object, index) => {
      if (!isKind(object, 'Deployment')) return [];
      const old = before[index];
      const from = old && isKind(old, 'Deployment') ? versionOf(old) : 'nothing';
      return `${object.metadata.name} ${from} -> ${versionOf(object)}`;
    })
    .join(', ');
}

const namesOf = (objects: readonly KubeObject[]): string[] =>
  ofKind(objects, 'Deployment').map(({ metadata }) => metadata.name);
const versionOf = ({ spec }: Deployment): string => spec.template.metadata.labels[versionLabel] ?? 'no version';
const release = (deployment: Deployment): string => `${deployment.metadata.name} ${versionOf(deployment)}`;
