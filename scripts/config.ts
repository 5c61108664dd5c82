// `npm run config -- <command>`: the environment and the Secrets of the apps, and the files that follow from code.
import { join } from 'node:path';
import { Option } from 'commander';
import { repositoryRoot } from '../fleet/root.ts';
import { commandLine, fromCallersFolder } from './command/command-line.ts';
import { printFindings } from './command/output.ts';
import { progress, runCommand } from './command/run-command.ts';

async function objectsOf(files: string[]) {
  const { readObjectsFrom } = await import('../fleet/environment/read-objects.ts');
  return (await Promise.all(files.map(fromCallersFolder).map(readObjectsFrom))).flat();
}

const program = commandLine('config')
  .description('Checks what the apps are given (docs/environment.md), makes their Secrets, and generates files.')
  .addHelpText('after', '\nExit codes: 0 nothing wrong, 1 the configuration is at fault, 2 it cannot be read.');

program
  .command('check')
  .description('name each wrong or missing value by Deployment and variable; never prints the value of a secret')
  .option('--kustomization <folder>', 'what is rendered; default: fleet/apps', fromCallersFolder)
  .option('--secrets <file...>', 'YAML with Secrets and ConfigMaps, or with all that is deployed; - is standard input')
  .addOption(
    new Option('--for <stage>', 'start: what stops an app. production: that, and what is wrong where people sign in')
      .choices(['production', 'start'])
      .default('production'),
  )
  .action(({ kustomization = join(repositoryRoot, 'fleet/apps'), secrets = [], for: stage }) =>
    runCommand(async () => {
      const { checkKustomization } = await import('../fleet/environment/check-environment.ts');
      const { findings, checked, notGiven } = await checkKustomization(kustomization, await objectsOf(secrets), stage);
      if (notGiven.length > 0)
        progress(`Not given, and what is in them not checked: ${notGiven.join(', ')}. Add --secrets <file>.`);
      return printFindings(findings, `Nothing is wrong with what ${checked.join(', ')} are given.`);
    }),
  );

program
  .command('check-secrets')
  .description('name missing, short, placeholder, public or repeated values of Secrets; never prints one')
  .argument('<file...>', 'YAML with Secrets; - is standard input, such as kubectl get secret -n dezky -o yaml')
  .action((files: string[]) =>
    runCommand(async () => {
      const { checkSecrets } = await import('../fleet/environment/check-secrets.ts');
      const { publicValues } = await import('../fleet/environment/e2e-secrets.ts');
      return printFindings(checkSecrets(await objectsOf(files), publicValues()), 'Nothing is wrong with the Secrets.');
    }),
  );

program
  .command('make-secrets')
  .description('print the Secrets with random values made; what other services issue is left to be filled in')
  .action(async () => {
    const { secretsYaml } = await import('../fleet/environment/secrets-yaml.ts');
    process.stdout.write(secretsYaml({ random: true }));
  });

program
  .command('generate')
  .description('write the files that follow from apps/environment, the profiles of the mock and the programs')
  .action(() =>
    runCommand(async () => {
      const { writeGenerated } = await import('../fleet/environment/generated-files.ts');
      return writeGenerated((await import('./config/reference.ts')).referenceDocuments);
    }),
  );

await program.parseAsync();
