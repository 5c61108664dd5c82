// `npm run deploy`: pins one commit, applies it, waits for the rollout, smoke-tests it, and rolls back on failure.
import { Option } from 'commander';
import { commandLine, fromCallersFolder, positiveNumber } from './command/command-line.ts';
import { withConnectionOptions } from './live/connection-options.ts';
import { withSmokeReports } from './live/live-options.ts';
import { runCommand } from './command/run-command.ts';
import type { ReleaseOptions } from './deploy/release.ts';

const options = withSmokeReports(
  withConnectionOptions(
    commandLine('deploy')
      .description('Releases the commit that is checked out: pins, applies, waits for every rollout, and smoke-tests.')
      .addOption(
        new Option(
          '--sha <commit>',
          'the commit; its images must have been pushed, and nothing newer may run',
        ).conflicts('to'),
      )
      .option(
        '--digests <list>',
        'digest of each image: <app>@sha256:…,…; default: what the cluster has kept of that release',
      )
      .option('--to <commit>', 'go back to this commit, with its images and manifests, whatever is checked out')
      .addOption(
        new Option('--status', 'only say what is live: revision, ready replicas, since when, image').conflicts([
          'sha',
          'to',
        ]),
      )
      .requiredOption('--context <name>', 'context of the kubeconfig, which must be the current one as well')
      .addOption(
        new Option('--kubeconfig <file>', 'file with that context').env('KUBECONFIG').argParser(fromCallersFolder),
      )
      .option('--namespace <name>', 'where to, when it is not where the manifests say')
      .option('--dry-run', 'show what would change in the cluster, and change nothing')
      .option('--rollback-on-failure', 'go back to what was there before when a rollout or a smoke check fails')
      .option('--timeout <seconds>', 'how long all rollouts together may take', positiveNumber, 300),
  ),
  'reports/smoke',
)
  .addHelpText(
    'after',
    `
Refused: files that differ from the commit, another commit checked out, a context that is not the current one, an image
that is not pinned or not known, and whatever else the manifest rules find (fleet/rules/rules.ts).
Secrets, and the deployer's own rights, are not applied: see fleet/README.md.
Exit codes: 0 released, or (--status) every app is ready on one revision; 1 not so, also when it was rolled back, or the
manifests are at fault; 2 refused for another reason, or the harness failed; 77 cannot run here.`,
  )
  .parse()
  .opts<ReleaseOptions>();

await runCommand(async () => (await import('./deploy/release.ts')).release(options));
