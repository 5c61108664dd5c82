import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { exitCodes } from '../errors.ts';
import { repositoryRoot } from '../root.ts';
import { authentikConfig, providersBlueprint } from './authentik-files.ts';
import { e2eSecrets } from './e2e-secrets.ts';
import { secretsYaml } from './secrets-yaml.ts';
import { environments, keptIn, type Environment, type Variable } from '../../apps/environment/environments.ts';

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
      const made = await generate();
      // Hashes in the policy of a page are of its scripts as they are.
      const isPage = path.endsWith('.html');
      const text = isPage ? made : await format(made, { ...(await resolveConfig(file)), filepath: file });
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

const header = `# What the apps read from their environment

Made from \`apps/environment\` by \`npm run config -- generate\`; a test checks that it is up to date. The apps refuse
to start with wrong values, and \`npm run config -- check\` reports them before a deploy.

**To start**: the app exits without it, and says why. **In production**: without it the app has a default that is only
right on a developer's machine; \`config -- check\` reports it. Every value must have the format. HOST, PORT and other
variables of Node itself are not listed.
`;

const needed: Readonly<Record<Variable['needed'], string>> = {
  start: ' (**to start**)',
  production: ' (**in production**)',
  never: '',
};

function environmentDocument(): string {
  const { 'platform-api': platformApi, ...sessionApps } = environments;
  return `${header}
## ${Object.keys(sessionApps).join(' and ')}

\`APP\` stands for the app's name.

${listOf(sessionApps)}
## platform-api

${listOf({ 'platform-api': platformApi })}`;
}

/** A list for each object that keeps variables; apps with the same variable share its line. */
function listOf(apps: Readonly<Record<string, Environment>>): string {
  const several = Object.keys(apps).length > 1;
  const lines = Object.entries(apps).flatMap(([app, environment]) =>
    Object.entries(environment.variables).map(([name, variable]) => {
      const kept = keptIn(app, variable);
      const place = kept ? `${kept.kind} \`${kept.name}\`` : "The pod's `env`";
      const [line, where] = [lineOf(name, variable), place].map((text) =>
        several ? text.replaceAll(new RegExp(`\\b${app}\\b`, 'g'), 'APP') : text,
      );
      return { line, where };
    }),
  );
  return [...Map.groupBy(lines, ({ where }) => where)]
    .map(([where, its]) => `${where}:\n\n${[...new Set(its.map(({ line }) => line))].join('')}`)
    .join('\n');
}

const lineOf = (name: string, { needed: when, meaning, format, fallback }: Variable): string =>
  `- \`${name}\`${needed[when]}: ${meaning}. Format: ${format.description}.${fallback === undefined ? '' : ` Default: ${fallback}`}\n`;
