import { styleText } from 'node:util';
import { runSmoke } from '../../e2e/smoke/run.ts';
import { accountIn } from '../../e2e/smoke/target.ts';
import { duration } from '../../fleet/duration.ts';
import { exitCodes } from '../../fleet/errors.ts';
import { KubernetesApi } from '../../fleet/kubernetes/api.ts';
import { commitToRelease } from '../../fleet/release/commit.ts';
import { deploy, type ReleaseOutcome } from '../../fleet/release/deploy.ts';
import { differenceOf } from '../../fleet/release/difference.ts';
import { renderPinned } from '../../fleet/release/pin.ts';
import { namespaceIn, planOf } from '../../fleet/release/plan.ts';
import { demandRights } from '../../fleet/release/rights.ts';
import { releaseTarget } from '../../fleet/release/target.ts';
import { interruption } from '../command/interruption.ts';
import type { ConnectionOptions } from '../command/live-options.ts';
import { progress } from '../command/run-command.ts';
import { exitCodeOfRun } from '../runner/runner.ts';
import { smokeTargetOf } from './smoke-target.ts';

export interface ReleaseOptions extends ConnectionOptions {
  sha: string;
  context: string;
  kubeconfig?: string;
  namespace?: string;
  dryRun?: true;
  rollbackOnFailure?: true;
  timeout: number;
  reports: string;
}

/** What the exit code of the smoke checks means for the release. */
const verdicts: ReadonlyMap<number, 'passed' | 'failed'> = new Map([
  [exitCodes.passed, 'passed'],
  [exitCodes.productFailed, 'failed'],
]);

const codes = {
  released: exitCodes.passed,
  failed: exitCodes.productFailed,
  'rolled back': exitCodes.productFailed,
} as const;

const outcomeText: Readonly<Record<ReleaseOutcome, string>> = {
  released: 'is released',
  unproven: 'is rolled out, and left there, but could not be looked at from outside: see above',
  failed: 'failed, and stays as far as it came. To go back, release the commit before',
  'rolled back': 'failed and was rolled back',
};

const leftAlone = (namespace: string): string =>
  `What was applied stays, and rolls out by itself. See: kubectl get deployments -n ${namespace}`;

/** Releases the commit that is checked out, and says how that went. @returns the exit code */
export async function release(options: ReleaseOptions): Promise<number> {
  accountIn(process.env);
  const sha = await commitToRelease(options.sha);
  const pinned = await renderPinned(sha);
  const { kubeconfig, namespace } = releaseTarget(
    { kubeconfig: options.kubeconfig, context: options.context, namespace: options.namespace },
    namespaceIn(pinned),
  );
  const { objects, faults } = planOf(pinned, sha, namespace);
  if (faults.length > 0) {
    for (const fault of faults) progress(`${styleText('red', 'refused')} ${fault}`);
    return exitCodes.productFailed;
  }
  const api = new KubernetesApi(kubeconfig, 'dezky-deploy');
  if (options.dryRun) {
    await demandRights(api, namespace);
    const difference = await differenceOf(api, objects);
    process.stdout.write(difference === '' ? `Nothing differs from ${sha} in ${namespace}.\n` : difference);
    return exitCodes.passed;
  }
  const target = smokeTargetOf(objects, sha, options);
  progress(`${sha} goes to the namespace ${namespace} of the context ${options.context}`);
  const startedAt = performance.now();
  let smokeCode: number = exitCodes.harnessFailed;
  const outcome = await deploy({
    api,
    namespace,
    objects,
    onProgress: progress,
    signal: interruption,
    timeoutMs: options.timeout * 1_000,
    rollBackOnFailure: options.rollbackOnFailure ?? false,
    smoke: async () => {
      smokeCode = exitCodeOfRun(await runSmoke(target, options.reports, { signal: interruption }));
      return verdicts.get(smokeCode) ?? 'unknown';
    },
  }).catch((error: unknown) => {
    if (interruption.aborted) progress(leftAlone(namespace));
    throw error;
  });
  console.log(`${sha} ${outcomeText[outcome]} (${duration(performance.now() - startedAt)}).`);
  return { ...codes, unproven: smokeCode }[outcome];
}
