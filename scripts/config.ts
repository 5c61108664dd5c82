// `npm run config -- <command>`: compares the environment of the apps with the variables that they read.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { Option } from 'commander';
import { checkEnvironment } from '../fleet/environment/check-environment.ts';
import { generatedFiles } from '../fleet/environment/generated-files.ts';
import { publicValues } from '../fleet/environment/public-values.ts';
import { readObjectsFrom } from '../fleet/environment/read-objects.ts';
import type { Stage } from '../apps/environment/faults.ts';
import { exitCodes, HarnessError } from '../fleet/errors.ts';
import { idOf } from '../fleet/manifests/objects.ts';
import type { KubeObject } from '../fleet/manifests/objects.ts';
import { render } from '../fleet/manifests/render.ts';
import { repositoryRoot } from '../fleet/root.ts';
import { fromCallersFolder } from './command/callers-folder.ts';
import { commandLine } from './command/command-line.ts';
import { printFindings } from './command/findings.ts';
import { referenceDocuments } from './reference/document.ts';
import { progress, runCommand } from './command/run-command.ts';

interface CheckOptions {
  kustomization?: string;
  secrets?: string[];
  envFile?: string;
  for: Stage;
}

const program = commandLine('config')
  .description('Compares the environment that the manifests give the apps with what they read (docs/environment.md).')
  .addHelpText('after', '\nExit codes: 0 nothing wrong, 1 the configuration is at fault, 2 it cannot be read.');

program
  .command('check')
  .description('name each wrong or missing value by Deployment and variable; never prints the value of a secret')
  .option('--kustomization <folder>', 'what is rendered (default: fleet/apps of the repository)', fromCallersFolder)
  .option(
    '--secrets <file...>',
    'YAML with the Secrets and the ConfigMap platform-api-upstreams, or with all that is deployed; - is standard input',
  )
  .option('--env-file <file>', 'NAME=value lines that are laid over what the manifests give', fromCallersFolder)
  .addOption(
    new Option('--for <stage>', 'start: what stops an app. production: that, and what is wrong where people sign in')
      .choices(['production', 'start'])
      .default('production'),
  )
  .action((options: CheckOptions) => runCommand(() => check(options)));

program
  .command('generate')
  .description(
    'write the files that follow from apps/environment, the profiles of the mock and the programs, and name those that have changed',
  )
  .action(() => runCommand(generate));

await program.parseAsync();

async function check({
  kustomization = join(repositoryRoot, 'fleet/apps'),
  secrets = [],
  envFile,
  for: stage,
}: CheckOptions): Promise<number> {
  const rendered = await render(kustomization);
  const given = (await Promise.all(secrets.map(fromCallersFolder).map(readObjectsFrom))).flat();
  const { findings, checked, notGiven } = checkEnvironment(overlaid(rendered, given), {
    stage,
    publicValues: await publicValues(),
    overrides: envFile === undefined ? {} : await readEnvFile(envFile),
  });
  if (checked.length === 0) throw new HarnessError(`${kustomization} renders no Deployment of the product.`);
  if (notGiven.length > 0) {
    progress(`Not given, and what is in them not checked: ${notGiven.join(', ')}. Add --secrets <file>.`);
  }
  return printFindings(findings, `Nothing is wrong with what ${checked.join(', ')} are given.`);
}

/** Given objects replace rendered ones. With all objects of a cluster, this checks the cluster. */
function overlaid(rendered: readonly KubeObject[], given: readonly KubeObject[]): KubeObject[] {
  const ids = new Set(given.map(idOf));
  return [...rendered.filter((object) => !ids.has(idOf(object))), ...given];
}

async function readEnvFile(file: string): Promise<Record<string, string>> {
  const text = await readFile(file, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    throw new HarnessError(`${file} cannot be read (${cause.code}). Check its name.`, { cause });
  });
  return parseEnv(text) as Record<string, string>;
}

async function generate(): Promise<number> {
  const generated = [generatedFiles(), generatedFiles(referenceDocuments)];
  const files = (await Promise.all(generated)).flat();
  for (const { path, text, upToDate } of files) {
    if (!upToDate) await writeFile(join(repositoryRoot, path), text);
    process.stdout.write(`${upToDate ? 'unchanged' : 'written  '}  ${path}\n`);
  }
  return exitCodes.passed;
}
