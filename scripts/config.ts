// `npm run config -- <command>`: the environment and the Secrets of the apps, and the files that follow from code.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Option } from 'commander';
import type { Stage } from '../apps/environment/faults.ts';
import { checkEnvironment } from '../fleet/environment/check-environment.ts';
import { checkSecrets } from '../fleet/environment/check-secrets.ts';
import { generatedFiles } from '../fleet/environment/generated-files.ts';
import { publicValues } from '../fleet/environment/e2e-secrets.ts';
import { readObjectsFrom, replacedBy } from '../fleet/environment/read-objects.ts';
import { secretsYaml } from '../fleet/environment/secrets-yaml.ts';
import { exitCodes, HarnessError } from '../fleet/errors.ts';
import { render } from '../fleet/manifests/render.ts';
import { repositoryRoot } from '../fleet/root.ts';
import { commandLine, fromCallersFolder } from './command/command-line.ts';
import { printFindings } from './command/output.ts';
import { referenceDocuments } from './command/reference.ts';
import { progress, runCommand } from './command/run-command.ts';

const program = commandLine('config')
  .description('Checks what the apps are given (docs/environment.md), makes their Secrets, and generates files.')
  .addHelpText('after', '\nExit codes: 0 nothing wrong, 1 the configuration is at fault, 2 it cannot be read.');

program
  .command('check')
  .description('name each wrong or missing value by Deployment and variable; never prints the value of a secret')
  .option('--kustomization <folder>', 'what is rendered (default: fleet/apps of the repository)', fromCallersFolder)
  .option('--secrets <file...>', 'YAML with Secrets and ConfigMaps, or with all that is deployed; - is standard input')
  .addOption(
    new Option('--for <stage>', 'start: what stops an app. production: that, and what is wrong where people sign in')
      .choices(['production', 'start'])
      .default('production'),
  )
  .action((options) => runCommand(() => check(options)));

program
  .command('check-secrets')
  .description('name missing, short, placeholder, public or repeated values of Secrets; never prints one')
  .argument('<file...>', 'YAML with Secrets; - is standard input, such as kubectl get secret -n dezky -o yaml')
  .action((files: string[]) =>
    runCommand(async () => {
      const findings = checkSecrets(await readAll(files), publicValues());
      return printFindings(findings, 'Nothing is wrong with the Secrets.');
    }),
  );

program
  .command('make-secrets')
  .description('print the Secrets with random values made; what other services issue is left to be filled in')
  .action(() => void process.stdout.write(secretsYaml({ random: true })));

program
  .command('generate')
  .description('write the files that follow from apps/environment, the profiles of the mock and the programs')
  .action(() => runCommand(generate));

await program.parseAsync();

async function readAll(files: readonly string[]) {
  return (await Promise.all(files.map(fromCallersFolder).map(readObjectsFrom))).flat();
}

async function check(options: { kustomization?: string; secrets?: string[]; for: Stage }): Promise<number> {
  const { kustomization = join(repositoryRoot, 'fleet/apps'), secrets = [], for: stage } = options;
  const objects = replacedBy(await render(kustomization), await readAll(secrets));
  const { findings, checked, notGiven } = checkEnvironment(objects, { stage, publicValues: publicValues() });
  if (checked.length === 0) throw new HarnessError(`${kustomization} renders no Deployment of the product.`);
  if (notGiven.length > 0)
    progress(`Not given, and what is in them not checked: ${notGiven.join(', ')}. Add --secrets <file>.`);
  return printFindings(findings, `Nothing is wrong with what ${checked.join(', ')} are given.`);
}

async function generate(): Promise<number> {
  for (const { path, text, upToDate } of [...(await generatedFiles()), ...(await generatedFiles(referenceDocuments))]) {
    if (!upToDate) await writeFile(join(repositoryRoot, path), text);
    process.stdout.write(`${upToDate ? 'unchanged' : 'written  '}  ${path}\n`);
  }
  return exitCodes.passed;
}
