import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from '../../fleet/root.ts';
import { HarnessError } from '../../fleet/errors.ts';
import { describedCommands, type NpmCommand } from './commands.ts';
import { code, sentence, table } from './markdown.ts';

const begin = '<!-- Commands: made by `npm run config -- generate`. -->';
const end = '<!-- End of the commands. -->';

/** Documents of commands that do not bear the command's name. */
const documentOf: Readonly<Record<string, string>> = {
  mutate: 'docs/mutation.md',
  replay: 'docs/authentik.md',
  authentik: 'fixtures/authentik/README.md',
  examples: 'fixtures/authentik/README.md',
  bench: 'docs/benchmarks.md',
  config: 'docs/environment.md',
  deploy: 'docs/release.md',
};

/** README.md with a table of the commands between two comments. */
export async function readme(): Promise<string> {
  const before = readFileSync(join(repositoryRoot, 'README.md'), 'utf8');
  const [from, to] = [before.indexOf(begin), before.indexOf(end)];
  if (from === -1 || to < from) {
    throw new HarnessError(`README.md has no place for the commands. Put these lines where they go:\n${begin}\n${end}`);
  }
  const rows = (await describedCommands()).map((command) => [
    `[\`npm run ${command.name}\`](docs/reference.md#npm-run-${command.name})`,
    whatItDoes(command),
  ]);
  return `${before.slice(0, from)}${begin}\n\n${table(['command', 'what it does'], rows)}\n${before.slice(to)}`;
}

function whatItDoes({ name, description, commands }: NpmCommand): string {
  const document = documentOf[name] ?? `docs/${name}.md`;
  const isDocumented = existsSync(join(repositoryRoot, document));
  return [
    sentence(description).replace(` (${document})`, ''),
    ...(commands.length > 0 ? [`Commands: ${commands.map(code).join(', ')}.`] : []),
    ...(isDocumented ? [`More: [${document}](${document}).`] : []),
  ].join(' ');
}
