import { hostname } from 'node:os';
import { join } from 'node:path';
import { styleText } from 'node:util';
import { appNames } from '../../apps/environment/apps.ts';
import { accountIn } from '../../e2e/probes/account.ts';
import { budgetWith, type SmokeTarget } from '../../e2e/probes/target.ts';
import { duration } from '../../fleet/duration.ts';
import { exitCodes, HarnessError } from '../../fleet/errors.ts';
import { KubernetesApi } from '../../fleet/kubernetes/api.ts';
import { ofKind, versionLabel, type Deployment, type KubeObject } from '../../fleet/manifests/objects.ts';
import { commitNamed, commitToRelease, demandNotOlder, manifestsOf } from '../../fleet/release/commit.ts';
import { deploy, type ReleaseOutcome } from '../../fleet/release/deploy.ts';
import { byDigest, digestsIn } from '../../fleet/release/digests.ts';
import { differenceOf } from '../../fleet/release/difference.ts';
import { withLease } from '../../fleet/release/lease.ts';
import { liveApps } from '../../fleet/release/live-apps.ts';
import { namespaceIn, planOf, renderPinned } from '../../fleet/release/plan.ts';
import { demandRights } from '../../fleet/release/rights.ts';
import { releaseTarget } from '../../fleet/release/target.ts';
import { repositoryRoot } from '../../fleet/root.ts';
import { interruption } from '../command/interruption.ts';
import { accessBy, type ConnectionOptions } from '../live/connection-options.ts';
import { urlsIn } from '../live/live-options.ts';
import { inColumns } from '../command/output.ts';
import { progress } from '../command/run-command.ts';
import { smokeOf } from '../doctor/smoke.ts';

export interface ReleaseOptions extends ConnectionOptions {
  sha?: string;
  to?: string;
  digests?: string;
  status?: true;
  context: string;
  kubeconfig?: string;
  namespace?: string;
  dryRun?: true;
  rollbackOnFailure?: true;
  timeout: number;
  reports: string;
}

const codes = {
  released: exitCodes.passed,
  failed: exitCodes.productFailed,
  'rolled back': exitCodes.productFailed,
} as const;

const outcomeText: Readonly<Record<ReleaseOutcome, string>> = {
  released: 'is released',
  unproven: 'is rolled out, and left there, but could not be looked at from outside: see above',
  failed: 'failed, and stays as far as it came. To go back: npm run deploy -- --to <the commit before> …',
  'rolled back': 'failed and was rolled back',
};

const leftAlone = (namespace: string): string =>
  `What was applied stays, and rolls out by itself. See: kubectl get deployments -n ${namespace}`;

/**
 * The objects of a release, by digest, after a look at what is live.
 * @param to going back is asked for.
 * @throws HarnessError when a newer commit is live and going back is not asked for, or when a digest is not known.
 */
export async function comparedWithLive(
  api: Pick<KubernetesApi, 'find'>,
  objects: readonly KubeObject[],
  {
    sha,
    to,
    digests,
    checkout,
  }: { sha: string; to?: string | undefined; digests?: ReadonlyMap<string, string> | undefined; checkout?: string },
): Promise<KubeObject[]> {
  const found = await Promise.all(ofKind(objects, 'Deployment').map((object) => api.find<Deployment>(object)));
  const running = found.flatMap((live) => live?.spec.template.metadata.labels[versionLabel] ?? []);
  if (to === undefined) await demandNotOlder(sha, running, checkout);
  return await byDigest(api, objects, sha, digests);
}

/** Releases the commit that is checked out, or goes back to another one, and says how that went. @returns the exit code */
export async function release(options: ReleaseOptions): Promise<number> {
  accountIn(process.env);
  const digests = options.digests === undefined ? undefined : digestsIn(options.digests);
  const { kubeconfig: file, context, namespace: wanted } = options;
  const targetOf = (objects: readonly KubeObject[]) =>
    releaseTarget({ kubeconfig: file, context, namespace: wanted }, namespaceIn(objects));
  if (options.status) {
    const { kubeconfig, namespace } = targetOf(await renderPinned('any'));
    const { rows, isWell } = await liveApps(new KubernetesApi(kubeconfig, 'dezky-deploy'), namespace);
    console.log(inColumns([['app', 'revision', 'ready', 'since', 'image'], ...rows]).join('\n'));
    return isWell ? exitCodes.passed : exitCodes.productFailed;
  }
  const { sha, pinned } = await pinnedFor(options);
  const { kubeconfig, namespace } = targetOf(pinned);
  const { objects, faults } = planOf(pinned, sha, namespace);
  // A rule that is newer than a commit does not prevent going back to it.
  const refused = options.to === undefined ? faults : planOf(pinned, sha, namespace, []).faults;
  for (const fault of faults)
    progress(`${refused.includes(fault) ? styleText('red', 'refused') : styleText('yellow', 'warning')} ${fault}`);
  if (refused.length > 0) return exitCodes.productFailed;
  const api = new KubernetesApi(kubeconfig, 'dezky-deploy');
  await demandRights(api, namespace, objects);
  const againstCluster = () => comparedWithLive(api, objects, { sha, to: options.to, digests });
  if (options.dryRun) {
    const difference = await differenceOf(api, await againstCluster());
    process.stdout.write(difference === '' ? `Nothing differs from ${sha} in ${namespace}.\n` : difference);
    return exitCodes.passed;
  }
  const target = smokeTargetOf(objects, sha, options);
  progress(`${sha} goes to the namespace ${namespace} of the context ${options.context}`);
  const startedAt = performance.now();
  let smokeCode: number = exitCodes.harnessFailed;
  const outcome = await withLease(api, namespace, `${whoDeploys(process.env)} deploys ${sha}`, async (lost) => {
    const signal = AbortSignal.any([interruption, lost]);
    return await deploy({
      api,
      namespace,
      objects: await againstCluster(),
      onProgress: progress,
      signal,
      timeoutMs: options.timeout * 1_000,
      rollBackOnFailure: options.rollbackOnFailure ?? false,
      smoke: async () => (smokeCode = await smokeOf(target, options.reports, { signal })),
    });
  }).catch((error: unknown) => {
    if (interruption.aborted) progress(leftAlone(namespace));
    throw error;
  });
  console.log(`${sha} ${outcomeText[outcome]} (${duration(performance.now() - startedAt)}).`);
  return { ...codes, unproven: smokeCode }[outcome];
}

/** This process: no other one has that name. */
const whoDeploys = ({ USER, GITHUB_SERVER_URL, GITHUB_REPOSITORY, GITHUB_RUN_ID }: NodeJS.ProcessEnv): string =>
  `${GITHUB_RUN_ID ? `${GITHUB_SERVER_URL}/${GITHUB_REPOSITORY}/actions/runs/${GITHUB_RUN_ID}` : (USER ?? 'somebody')}` +
  ` (process ${process.pid} on ${hostname()})`;

/** The commit that these options name, and its own manifests, pinned to it. */
export async function pinnedFor(
  { sha: released, to }: Pick<ReleaseOptions, 'sha' | 'to'>,
  checkout = repositoryRoot,
): Promise<{ sha: string; pinned: KubeObject[] }> {
  if (to !== undefined) {
    const sha = await commitNamed(to, checkout);
    using manifests = await manifestsOf(sha, checkout);
    return { sha, pinned: await renderPinned(sha, manifests.folder) };
  }
  if (released === undefined)
    throw new HarnessError('Give --sha <commit> to release it, --to <commit> to go back to it, or --status.');
  const sha = await commitToRelease(released, checkout);
  return { sha, pinned: await renderPinned(sha, join(checkout, 'fleet/apps')) };
}

/** Milliseconds that the pods may take to come to the released revision. */
const wait = 30_000;

/** The smoke target of a release: the hosts of the apps in its own manifests, on every pod. */
export function smokeTargetOf(objects: readonly KubeObject[], sha: string, connection: ConnectionOptions): SmokeTarget {
  const replicas = ofKind(objects, 'Deployment')
    .filter(({ metadata }) => (appNames as readonly string[]).includes(metadata.name))
    .map(({ spec }) => spec.replicas ?? 1);
  return {
    urls: urlsIn(objects),
    sha,
    pods: Math.min(...replicas),
    wait,
    budget: budgetWith(wait),
    authorize: true,
    ...accessBy(connection),
  };
}
