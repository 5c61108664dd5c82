import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { repositoryRoot } from '../../fleet/root.ts';
import type { CommandDescription, Parameter } from './command-description.ts';
import { code, sentence, table, text } from './markdown.ts';

const run = promisify(execFile);

/** An npm script that starts a command. */
export interface NpmCommand {
  name: string;
  description: string;
  /** Names of the commands below it, such as those of `npm run fleet`. */
  commands: readonly string[];
  /** The rest of its section: usage, arguments, options, and the commands below it. */
  details: string;
}

let described: Promise<NpmCommand[]> | undefined;

/** Every npm script that starts a command, as its program describes itself. The programs are asked once. */
export const describedCommands = (): Promise<NpmCommand[]> => (described ??= describeAll());

/** The section on commands. */
export async function commandsSection(): Promise<string> {
  const sections = (await describedCommands()).map(
    ({ name, description, details }) => `### npm run ${name}\n\n${sentence(description)}\n\n${details}`,
  );
  return `## Commands\n\nEach has \`--help\`.\n\n${sections.join('\n')}`;
}

async function describeAll(): Promise<NpmCommand[]> {
  const all = npmScripts();
  const programs = await describePrograms(all.map(({ file }) => file).filter((file) => file.endsWith('.ts')));
  return Promise.all(
    all.map(async ({ name, file }) => {
      const program = programs.get(file);
      if (!program) return { name, ...(await describeUsage(file)) };
      const { description, commands } = program;
      return {
        name,
        description,
        commands: commands.map((each) => each.name.split(' ').at(-1) ?? ''),
        details: detailsOf(program),
      };
    }),
  );
}

/** The npm scripts, and the file of each one's command. */
function npmScripts(): Array<{ name: string; file: string }> {
  const { scripts } = JSON.parse(readFileSync(join(repositoryRoot, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>;
  };
  return Object.entries(scripts).map(([name, command]) => {
    const [, file = '', argument] = /^exec node -- (scripts\/\S+\.mjs)(?: (\S+))?$/.exec(command) ?? [];
    return { name, file: argument === undefined ? file : `scripts/${argument}.ts` };
  });
}

/** What the programs of these scripts describe, by script. One process loads them all. */
async function describePrograms(files: readonly string[]): Promise<Map<string, CommandDescription>> {
  const { stdout } = await run(process.execPath, [join(import.meta.dirname, 'describe-programs.ts'), ...files], {
    cwd: repositoryRoot,
  });
  const descriptions = JSON.parse(stdout) as CommandDescription[];
  return new Map(files.map((file, index) => [file, descriptions[index] as CommandDescription]));
}

/** The help of a script that runs without npm packages, and so without commander: a usage line, then paragraphs. */
async function describeUsage(file: string): Promise<Omit<NpmCommand, 'name'>> {
  const { stdout } = await run(process.execPath, [file, '--help'], { cwd: repositoryRoot });
  const [, ...paragraphs] = stdout.trim().split(/\n{2,}/);
  const [description = '', ...rest] = paragraphs
    .join('\n')
    .replaceAll(/\s+/g, ' ')
    .split(/(?<=\.) /);
  return { description, commands: [], details: `${text(rest.join(' '))}\n` };
}

function detailsOf({ usage, parameters, commands }: CommandDescription): string {
  const own = `${code(usage)}\n\n${parameters.length === 0 ? '' : parameterTable(parameters)}`;
  const below = commands.map((each) => `#### ${each.name}\n\n${sentence(each.description)}\n\n${detailsOf(each)}`);
  return [own, ...below].join('\n');
}

const parameterTable = (parameters: readonly Parameter[]): string =>
  table(
    ['argument or option', 'for', 'default'],
    parameters.map(({ usage, description, choices, fallback }) => [
      code(usage),
      text([description, choices.length > 0 && `one of: ${choices.join(', ')}`].filter(Boolean).join('; ')),
      fallback === undefined ? '' : code(fallback.replaceAll(`${repositoryRoot}/`, '')),
    ]),
  );
