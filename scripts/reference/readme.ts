import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from '../../fleet/root.ts';
import { HarnessError } from '../../fleet/errors.ts';
import { npmCommands } from './commands.ts';
import { table, text } from './markdown.ts';

const begin = '<!-- Commands: made by `npm run config -- generate`. -->';
const end = '<!-- End of the commands. -->';

/** README.md with a table of the commands between two comments. */
export async function readme(): Promise<string> {
  const before = readFileSync(join(repositoryRoot, 'README.md'), 'utf8');
  const [from, to] = [before.indexOf(begin), before.indexOf(end)];
  if (from === -1 || to < from) {
    throw new HarnessError(`README.md has no place for the commands. Put these lines where they go:\n${begin}\n${end}`);
  }
  const rows = (await npmCommands()).map(({ name, description }) => [
    `[\`npm run ${name}\`](docs/reference.md#npm-run-${name})`,
    text(description).replaceAll(/(?:docs|fixtures)\/[\w/-]+\.md/g, '[$&]($&)'),
  ]);
  return `${before.slice(0, from)}${begin}\n\n${table(['command', 'what it does'], rows)}\n${before.slice(to)}`;
}
