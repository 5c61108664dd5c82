import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { repositoryRoot } from '../../fleet/root.ts';
import { helpOfAll } from '../command/command-line.ts';

const run = promisify(execFile);

/** An npm script that starts a command. */
interface NpmCommand {
  name: string;
  /** The first sentences of its help, on one line. */
  description: string;
  /** What `--help` prints, also of the commands below it. */
  help: string;
}

let read: Promise<NpmCommand[]> | undefined;

/** Every npm script that starts a command. Each is asked once for its help. */
export const npmCommands = (): Promise<NpmCommand[]> => (read ??= readHelp());

async function readHelp(): Promise<NpmCommand[]> {
  const { scripts } = JSON.parse(readFileSync(join(repositoryRoot, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>;
  };
  return Promise.all(
    Object.entries(scripts).map(async ([name, script]) => {
      const [, file = '', argument] = /^exec node -- (scripts\/\S+\.mjs)(?: (\S+))?$/.exec(script) ?? [];
      const { stdout } = await run(
        process.execPath,
        [argument === undefined ? file : `scripts/${argument}.ts`, '--help'],
        { cwd: repositoryRoot, env: { ...process.env, [helpOfAll]: '1' } },
      );
      const help = stdout
        .replaceAll(/^ +-h, --help .*\n/gm, '')
        .replaceAll(/^(?:Options|Commands):\n(?=\n|$)/gm, '')
        .replaceAll(/\n{3,}/g, '\n\n')
        .replaceAll(`${repositoryRoot}/`, '')
        .trim();
      const [, description = ''] = help.split('\n\n');
      return { name, description: description.replaceAll(/\s+/g, ' '), help };
    }),
  );
}

/** The section on commands. */
export async function commandsSection(): Promise<string> {
  const sections = (await npmCommands()).map(({ name, help }) => `### npm run ${name}\n\n\`\`\`\n${help}\n\`\`\`\n`);
  return `## Commands\n\nWhat \`--help\` of each prints.\n\n${sections.join('\n')}`;
}
