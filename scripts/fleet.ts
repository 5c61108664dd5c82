// `npm run fleet -- <command>`: a fleet that stays up for a developer.
import { Option, type Command } from 'commander';
import { appNames, firstApp } from '../apps/environment/apps.ts';
import { engineNames } from '../fleet/engines/engines.ts';
import { exitCodes } from '../fleet/errors.ts';
import { authentikProfiles, profileOption } from './command/authentik-option.ts';
import { list, status } from './fleet/status.ts';
import { down } from './fleet/down.ts';
import { kubeconfig } from './fleet/kubeconfig.ts';
import { logs } from './fleet/logs.ts';
import { open } from './fleet/open.ts';
import { kill, rollout, scale } from './fleet/move.ts';
import { runIn, type RunOption } from './fleet/choose-run.ts';
import { up } from './fleet/up.ts';
import { runCommand } from './command/run-command.ts';
import { commandLine, nonEmpty, wholeNumber } from './command/command-line.ts';

const collect = (text: string, earlier: readonly string[] = []): string[] => [...earlier, text];

/** Exit code of the process when its command does not fail. */
let outcome: number = exitCodes.passed;

const program = commandLine('fleet')
  .usage('<command>')
  .description('The fleet on this machine: ingress, the apps (two pods each), Redis, Authentik and what the apps call.')
  .addHelpText(
    'after',
    '\nExit codes: 0 done, 1 the product failed, such as new pods that do not become Ready, 2 the harness failed, 77 cannot run here.',
  );

const ofRun = (command: Command): Command =>
  command.option('--run <run>', 'which run; needed only when there are several');

/** The same for commands that have no other argument than the run: it may be given either way. */
const ofRunItself = (command: Command): Command => ofRun(command.argument('[run]', 'the same as --run'));

program
  .command('up')
  .description('start a fleet that stays up until `fleet down`')
  .addOption(new Option('--engine <name>', 'what runs the fleet').choices(engineNames).default('local'))
  .addOption(
    new Option('--hosts <hosts>', 'production (*.dezky.example) or development (no public URL set: *.dezky.local)')
      .choices(['production', 'development'])
      .default('production'),
  )
  .option('--authentik <profile>', `version whose behaviour Authentik has: ${authentikProfiles}`, profileOption)
  .option('--regression <name>', 'with this fault of the catalogue (npm run repro)')
  .option('--name <name>', 'name of the run')
  .option('--context <context>', 'context of FLEET_KUBECONFIG that the cluster engine uses; default: FLEET_CONTEXT')
  .option('--lag <ms>', 'milliseconds from the end of a pod until nobody sends to it any more', wholeNumber)
  .action(up);

ofRunItself(program.command('status'))
  .description('what runs and what is healthy, with URLs and users')
  .option('--json', 'as JSON')
  .addHelpText('after', '\nExit codes: 0 everything is healthy, 1 something is not, 2 it could not be told.')
  .action(async (run: string | undefined, options: RunOption & { json?: boolean }) => {
    if (!(await status(runIn(run, options), options))) outcome = exitCodes.productFailed;
  });

program
  .command('list')
  .description('runs on this machine, running or abandoned')
  .option('--json', 'as JSON')
  .action(list);

ofRun(program.command('logs'))
  .description("output of a pod, or of all a Deployment's pods")
  .argument('<pod|deployment>')
  .option('-f, --follow', 'go on as more comes')
  .option('--tail <lines>', 'only the last lines', wholeNumber)
  .action(logs);

ofRun(program.command('rollout'))
  .description('replace the pods of a Deployment, as a release does')
  .argument('<deployment>')
  .option('--revision <revision>', 'new revision', nonEmpty)
  .option('--env <NAME=value>', 'set a variable (repeatable)', collect)
  .option(
    '--unset <NAME>',
    'take an override of a variable back; one without an override is removed (repeatable)',
    collect,
  )
  .addOption(new Option('--undo', 'go back to what the last rollout replaced').conflicts(['revision', 'env', 'unset']))
  .action(rollout);

ofRun(program.command('scale'))
  .description('change the number of pods')
  .argument('<deployment>')
  .argument('<replicas>', '', wholeNumber)
  .action(scale);

ofRun(program.command('kill'))
  .description("kill a pod's process; it restarts as under a kubelet")
  .argument('<pod>')
  .option('--signal <signal>', 'such as SIGTERM, SIGSTOP or SIGCONT', 'SIGKILL')
  .action(kill);

ofRun(program.command('open'))
  .description('open an app in Chromium, through the edge')
  .argument('[app]', appNames.join(' or '), firstApp)
  .action(open);

ofRunItself(program.command('kubeconfig'))
  .description('where the kubeconfig of a k3s or cluster run is, and the kubectl command to use it with')
  .option('--print', 'its content')
  .action((run: string | undefined, options: RunOption & { print?: boolean }) =>
    kubeconfig(runIn(run, options), options),
  );

ofRunItself(program.command('down'))
  .description('end a run and remove its files, even when its owner was killed')
  .option('--all', 'every run on this machine')
  .action((run: string | undefined, options: RunOption & { all?: boolean }) => down(runIn(run, options), options));

await runCommand(async () => {
  await program.parseAsync();
  return outcome;
});
