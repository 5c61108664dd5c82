import { exitCodes, HarnessError } from '../errors.ts';
import { reasonOf, type KubernetesApi } from '../kubernetes/api.ts';
import { applyAll } from '../kubernetes/apply.ts';
import { reportOf } from '../kubernetes/report.ts';
import { maxApiOutageMs, waitUntilComplete } from '../kubernetes/wait.ts';
import { idOf, isKind, ofKind, versionLabel, type Deployment, type KubeObject } from '../manifests/objects.ts';
import { until } from '../until.ts';
import { asAsked } from './difference.ts';

/** Another deploy has applied its objects in the meantime. They must not be rolled back. */
class VersionConflict extends HarnessError {}

type Found = ReadonlyArray<KubeObject | undefined>;

export interface DeployOptions {
  api: KubernetesApi;
  namespace: string;
  /** Each with the label of the release. */
  objects: readonly KubeObject[];
  /** Called with each step, and with a report when one fails. */
  onProgress: (line: string) => void;
  signal?: AbortSignal | undefined;
  /** Milliseconds for all rollouts together. Each Deployment's own progressDeadlineSeconds applies as well. */
  timeoutMs?: number | undefined;
  /** Smoke-tests the release from outside. @returns an exit code */
  smoke: () => Promise<number>;
  /** Roll back to the previous objects when the release fails. */
  rollBackOnFailure: boolean;
}

/**
 * `unproven`: rolled out, but the smoke test could not run. `failed`: applied to the cluster at least in part. `rolled
 * back`: the previous release serves again.
 */
export type ReleaseOutcome = 'released' | 'unproven' | 'failed' | 'rolled back';

/**
 * Applies a release, waits for every rollout, smoke-tests it, and rolls back on failure if requested.
 * @throws HarnessError when the cluster refuses an object, or another deploy interferes; the signal's reason when that is
 * aborted.
 */
export async function deploy(options: DeployOptions): Promise<ReleaseOutcome> {
  const { api, namespace, objects, onProgress, rollBackOnFailure } = options;
  const deployments = namesOf(objects);
  const before = await Promise.all(objects.map((object) => api.find(object)));
  // A policy that refuses one object must not leave the others applied.
  await Promise.all(objects.map((object) => api.apply(object, { dryRun: true }))).catch((cause: unknown) => {
    throw new HarnessError(`The cluster refuses this release, and nothing was applied: ${reasonOf(cause)}`, { cause });
  });
  try {
    await applyAll(api, objects);
    onProgress(`${objects.length} objects applied: ${changesOf(before, objects)}`);
    await complete(options, deployments, 'did not roll out');
    await demandVersion(options, objects);
    const verdict = await options.smoke();
    // The result of an interrupted smoke test is not valid.
    options.signal?.throwIfAborted();
    await demandVersion(options, objects);
    // A smoke test that cannot run is no reason to roll back: a broken proxy must not undo a good release.
    if (verdict !== exitCodes.productFailed) return verdict === exitCodes.passed ? 'released' : 'unproven';
    onProgress('The smoke checks failed. State of the apps:');
    for (const name of deployments) onProgress(await reportOf(api, namespace, name, { allLogs: true }));
  } catch (error) {
    // The user who interrupts the deploy decides what happens next.
    if (options.signal?.aborted || error instanceof VersionConflict) throw error;
    onProgress(reasonOf(error));
  }
  await demandVersion(options, objects, before);
  return rollBackOnFailure ? rollBack(options, before) : 'failed';
}

/**
 * Applies every object in its previous form, and waits. Objects that the release has created stay, because the deployer
 * may not delete.
 * @throws HarnessError when that fails as well.
 */
async function rollBack(options: DeployOptions, found: Found): Promise<ReleaseOutcome> {
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
    await demandVersion(options, objects, found);
  } catch (cause) {
    if (options.signal?.aborted || cause instanceof VersionConflict) throw cause;
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
    isProduct: () => true,
    failureMessage,
    onComplete: (name) => onProgress(`${name} is rolled out`),
    signal,
    timeoutMs,
  });

/** @throws VersionConflict when the version of an object in the cluster is that of none of these sets. */
async function demandVersion({ api, objects, signal }: DeployOptions, ...accepted: Found[]): Promise<void> {
  let silence: unknown;
  const read = () => Promise.all(objects.map((object) => api.find(object)));
  const live = await until(() => read().catch((error: unknown) => void (silence = error)), {
    timeoutMs: maxApiOutageMs,
    intervalMs: 250,
    failure: () => new VersionConflict(`The live version cannot be read, so this deploy stops: ${reasonOf(silence)}`),
    signal,
  });
  for (const [index, object] of objects.entries()) {
    const now = live[index];
    if (accepted.some((its) => versionOf(its[index]) === versionOf(now))) continue;
    const by = now?.metadata.managedFields?.filter(({ subresource }) => !subresource) ?? [];
    const [{ manager = 'somebody', time = 0 } = {}] = by.toSorted((a, b) => timeOf(b) - timeOf(a));
    throw new VersionConflict(
      `${idOf(object)} has version ${versionOf(now)} instead of ${versionOf(object)}: ${manager} changed it at ` +
        `${new Date(time).toISOString()}. This deploy stops without a rollback. See: npm run deploy -- --status`,
    );
  }
}

const timeOf = ({ time = 0 }: { time?: Date | 0 }): number => new Date(time).getTime();

/** `operator 1.0.0 -> 4f0b1c8…`. */
function changesOf(before: Found, objects: readonly KubeObject[]): string {
  return objects
    .flatMap((object, index) => {
      if (!isKind(object, 'Deployment')) return [];
      return `${object.metadata.name} ${versionOf(before[index])} -> ${versionOf(object)}`;
    })
    .join(', ');
}

const namesOf = (objects: readonly KubeObject[]): string[] =>
  ofKind(objects, 'Deployment').map(({ metadata }) => metadata.name);
/** Of a Deployment what its pods run, which alone `kubectl rollout undo` changes. */
function versionOf(object: KubeObject | undefined): string {
  if (!object) return 'nothing';
  const { labels } = isKind(object, 'Deployment') ? object.spec.template.metadata : object.metadata;
  return labels?.[versionLabel] ?? 'no version';
}
const release = (deployment: Deployment): string => `${deployment.metadata.name} ${versionOf(deployment)}`;
