// `npm run deploy`: pins one commit, applies it, waits for the rollout, smoke-tests it, and rolls back on failure.
import { styleText } from 'node:util';
import { Option } from 'commander';
import { KubernetesApi } from '../fleet/kubernetes/api.ts';
import { duration } from '../fleet/duration.ts';
import { exitCodes } from '../fleet/errors.ts';
import { commitToRelease } from '../fleet/release/commit.ts';
import { deploy, type ReleaseOutcome } from '../fleet/release/deploy.ts';
import { differenceOf } from '../fleet/release/difference.ts';
import { renderPinned } from '../fleet/release/pin.ts';
import { namespaceIn, planOf } from '../fleet/release/plan.ts';
import { demandRights } from '../fleet/release/rights.ts';
import { releaseTarget } from '../fleet/release/target.ts';
import { runSmoke } from '../e2e/smoke/run.ts';
import { accountIn } from '../e2e/smoke/target.ts';
import { commandLine, fromCallersFolder } from './command/command-line.ts';
import { smokeTargetOf } from './deploy/smoke-target.ts';
import { interruption } from './command/interruption.ts';
import { exitCodeOfRun } from './runner/runner.ts';
import {
  parseNumber,
  withConnectionOptions,
  withSmokeReports,
  type ConnectionOptions,
} from './command/live-options.ts';
import { progress, runCommand } from './command/run-command.ts';

interface DeployCommandOptions extends ConnectionOptions {
  sha: string;
  context: string;
  kubeconfig?: string;
  namespace?: string;
  dryRun?: true;
  rollbackOnFailure?: true;
  timeout: number;
  reports: string;
}

const options = withSmokeReports(
  withConnectionOptions(
    commandLine('deploy')
      .description('Releases the commit that is checked out: pins, applies, waits for every rollout, and smoke-tests.')
      .requiredOption('--sha <commit>', 'the commit; its images must have been pushed, tagged with it')
      .requiredOption('--context <name>', 'context of the kubeconfig, which must be the current one as well')
      .addOption(
        new Option('--kubeconfig <file>', 'file with that context').env('KUBECONFIG').argParser(fromCallersFolder),
      )
      .option('--namespace <name>', 'where to, when it is not where the manifests say')
      .option('--dry-run', 'show what would change in the cluster, and change nothing')
      .option('--rollback-on-failure', 'go back to what was there before when a rollout or a smoke check fails')
      .option('--timeout <seconds>', 'how long all rollouts together may take', parseNumber(1), 300),
  ),
)
  .addHelpText(
    'after',
    `
Refused: files that differ from the commit, another commit checked out, a context that is not the current one, an image
that is not pinned or not known, and whatever else the manifest rules find (fleet/manifests/rules.ts).
Secrets, and the deployer's own rights, are not applied: see fleet/README.md.
Exit codes: 0 released; 1 the manifests are at fault, or the release failed (also when it was rolled back); 2 refused
for another reason, or the harness failed; 77 cannot run here.`,
  )
  .parse()
  .opts<DeployCommandOptions>();

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

await runCommand(async () => {
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
    process.stdout.write(difference === '' ? `Nothing differs from ${sha} in ${namespace}.\n` : coloured(difference));
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
});

/** A status line that is overwritten on a terminal. Nothing is written when the output is not a terminal. */
function coloured(difference: string): string {
  const colours = { '+': 'green', '-': 'red', '@': 'cyan' } as const;
  return difference
    .split('\n')
    .map((line) => {
      const colour = colours[line[0] as keyof typeof colours];
      return colour ? styleText(colour, line) : line;
    })
    .join('\n');
}
