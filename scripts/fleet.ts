// `npm run fleet -- <command>`: a fleet that stays up for a developer.
import { Option } from 'commander';
import { appNames, firstApp } from '../apps/environment/apps.ts';
import { engineNames } from '../fleet/engines/engines.ts';
import { exitCodes } from '../fleet/errors.ts';
import { authentikProfiles, profileOption } from './command/authentik-option.ts';
import { commandLine, nonEmpty, wholeNumber } from './command/command-line.ts';
import { runCommand } from './command/run-command.ts';

const collect = (text: string, earlier: readonly string[] = []): string[] => [...earlier, text];
/** An action that is loaded when it runs: the browser and the engines are large. */
const from =
  <Args extends unknown[]>(load: () => Promise<(...args: Args) => void | Promise<void>>) =>
  async (...args: Args) =>
    (await load())(...args);

let exitCode: number = exitCodes.passed;

const program = commandLine('fleet')
  .description('The fleet on this machine: ingress, the apps (two pods each), Redis, Authentik and what the apps call.')
  .addHelpText('after', '\nExit codes: 0 done, 1 the product failed, 2 the harness failed, 77 cannot run here.');
const add = (command: string, description: string) => program.command(command).description(description);
const addOfRun = (command: string, description: string) =>
  add(command, description).option('--run <run>', 'which run; needed only when there are several');

add('up', 'start a fleet that stays up until `fleet down`')
  .addOption(new Option('--engine <name>', 'what runs the fleet').choices(engineNames).default('local'))
  .option('--authentik <profile>', `version whose behaviour Authentik has: ${authentikProfiles}`, profileOption)
  .option('--regression <name>', 'with this fault of the catalogue (npm run repro)')
  .option('--name <name>', 'name of the run')
  .action(from(async () => (await import('./fleet/up.ts')).up));
add('status [run]', 'what runs and what is healthy, with URLs and users')
  .option('--json', 'as JSON')
  .action(async (run: string | undefined, options: { json?: boolean }) => {
    const { status } = await import('./fleet/status.ts');
    if (!(await status(run, options))) exitCode = exitCodes.productFailed;
  });
add('list', 'runs on this machine, running or abandoned')
  .option('--json', 'as JSON')
  .action(from(async () => (await import('./fleet/status.ts')).list));
addOfRun('logs <pod|deployment>', "output of a pod, or of all a Deployment's pods")
  .option('-f, --follow', 'go on as more comes')
  .action(from(async () => (await import('./fleet/logs.ts')).logs));
addOfRun('rollout <deployment>', 'replace the pods of a Deployment, as a release does')
  .option('--revision <revision>', 'new revision', nonEmpty)
  .option('--env <NAME=value>', 'set a variable (repeatable)', collect)
  .action(from(async () => (await import('./fleet/move.ts')).rollout));
addOfRun('scale <deployment>', 'change the number of pods')
  .argument('<replicas>', '', wholeNumber)
  .action(from(async () => (await import('./fleet/move.ts')).scale));
addOfRun('kill <pod>', "kill a pod's process; it restarts as under a kubelet").action(
  from(async () => (await import('./fleet/move.ts')).kill),
);
addOfRun('open', 'open an app in Chromium, through the edge')
  .argument('[app]', appNames.join(' or '), firstApp)
  .action(from(async () => (await import('./fleet/open.ts')).open));
add('kubeconfig [run]', 'path of the kubeconfig of a k3s or cluster run, and the kubectl command').action(
  from(async () => (await import('./fleet/open.ts')).kubeconfig),
);
add('down [run]', 'end a run and remove its files, even when its owner was killed')
  .option('--all', 'every run on this machine')
  .action(from(async () => (await import('./fleet/down.ts')).down));

await runCommand(async () => {
  await program.parseAsync();
  return exitCode;
});
