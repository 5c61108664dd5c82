import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { exitCodes } from '../errors.ts';
import { repositoryRoot } from '../root.ts';
import { authentikConfig, providersBlueprint } from './authentik-files.ts';
import { e2eSecrets } from './e2e-secrets.ts';
import { environmentDocument } from './environment-table.ts';
import { secretsYaml } from './secrets-yaml.ts';

type Generators = Readonly<Record<string, () => string | Promise<string>>>;

/** Files that are generated from the descriptions in `apps/environment`. */
const ofEnvironment: Generators = {
  'docs/environment.md': environmentDocument,
  'fleet/apps/secrets.template.yaml': () => secretsYaml({ random: false }),
  'fleet/authentik/providers.yaml': providersBlueprint,
  'fleet/e2e/authentik-config.yaml': authentikConfig,
  'fleet/e2e/secrets.yaml': e2eSecrets,
};

/** The expected text of the generated files: those that are derived from `apps/environment`, or others by path. */
export const generatedFiles = (generators: Generators = ofEnvironment) =>
  Promise.all(
    Object.entries(generators).map(async ([path, generate]) => {
      const file = join(repositoryRoot, path);
      const text = await format(await generate(), { ...(await resolveConfig(file)), filepath: file });
      return { path, text, upToDate: (await readFile(file, 'utf8').catch(() => '')) === text };
    }),
  );

/** Writes the generated files that are not up to date, and names all. @param others by path @returns the exit code */
export async function writeGenerated(others: Generators): Promise<number> {
  for (const { path, text, upToDate } of [...(await generatedFiles()), ...(await generatedFiles(others))]) {
    if (!upToDate) await writeFile(join(repositoryRoot, path), text);
    process.stdout.write(`${upToDate ? 'unchanged' : 'written  '}  ${path}\n`);
  }
  return exitCodes.passed;
}
