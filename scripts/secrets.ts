// `npm run secrets -- <command>`: the Secrets that production needs. `check` never prints a value.
import { checkSecrets, filledIn } from '../fleet/environment/check-secrets.ts';
import { publicValues } from '../fleet/environment/public-values.ts';
import { readObjectsFrom } from '../fleet/environment/read-objects.ts';
import { secretsYaml } from '../fleet/environment/secrets-yaml.ts';
import { exitCodes } from '../fleet/errors.ts';
import { idOf } from '../fleet/manifests/objects.ts';
import { fromCallersFolder } from './command/callers-folder.ts';
import { commandLine } from './command/command-line.ts';
import { printFindings } from './command/findings.ts';
import { runCommand } from './command/run-command.ts';

const program = commandLine('secrets')
  .description('Creates the Secrets of an environment, and checks them.')
  .addHelpText('after', '\nExit codes: 0 nothing wrong, 1 the file is at fault, 2 it cannot be read.');

program
  .command('check')
  .description('name missing, short, placeholder, public or repeated values; never prints one')
  .argument('<file...>', 'YAML with Secrets; - is standard input, such as kubectl get secret -n dezky -o yaml')
  .action((files: string[]) =>
    runCommand(async () => {
      const objects = (await Promise.all(files.map(fromCallersFolder).map(readObjectsFrom))).flat();
      const findings = checkSecrets(objects, await publicValues());
      const known = new Set(filledIn().map(({ id }) => id));
      const checked = objects.map(idOf).filter((id) => known.has(id));
      return printFindings(findings, `Nothing is wrong with ${checked.join(', ')}.`);
    }),
  );

program
  .command('make')
  .description('print the Secrets with random values made; what other services issue is left to be filled in')
  .action(() => print(secretsYaml({ random: true })));

program
  .command('template')
  .description('print fleet/apps/secrets.template.yaml: every key, its format and how to make it')
  .action(() => print(secretsYaml({ random: false })));

const print = (text: string): void => {
  process.stdout.write(text);
  process.exitCode = exitCodes.passed;
};

await program.parseAsync();
