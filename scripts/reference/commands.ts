import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { repositoryRoot } from '../../fleet/root.ts';
import type { CommandDescription, Parameter } from './command-description.ts';
import { code, sentence, table, text } from './markdown.ts';

const run = promisify(execFile);

/** The npm scripts that start a command, and the command's file. */
function scripts(): Array<{ name: string; file: string }> {
  const { scripts: all } = JSON.parse(readFileSync(join(repositoryRoot, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>;
  };
  return Object.entries(all).map(([name, command]) => {
    const [, file = '', argument] = /^node -- (scripts\/\S+\.mjs)(?: (\S+))?$/.exec(command) ?? [];
    return { name, file: argument === undefined ? file : `scripts/${argument}.ts` };
  });
}

/** The section on commands: each npm script with its arguments and options, as its program describes them. */
export async function commandsSection(): Promise<string> {
  const all = scripts();
  const described = await describePrograms(all.map(({ file }) => file).filter((file) => file.endsWith('.ts')));
  const sections = await Promise.all(
    all.map(async ({ name, file }) => {
      const description = described.get(file);
      return `### npm run ${name}\n\n${description ? commandText(description) : await usageText(file)}`;
    }),
  );
  return `## Commands\n\nEach has \`--help\`.\n\n${sections.join('\n')}`;
}

/** What the programs of these scripts describe, by script. One process loads them all. */
async function describePrograms(files: readonly string[]): Promise<Map<string, CommandDescription>> {
  const { stdout } = await run(process.execPath, [join(import.meta.dirname, 'describe-programs.ts'), ...files], {
    cwd: repositoryRoot,
    // The texts of some options depend on them.
    env: { ...process.env, NO_COLOR: '1' },
  });
  const described = JSON.parse(stdout) as CommandDescription[];
  return new Map(files.map((file, index) => [file, described[index] as CommandDescription]));
}

/** The help of a script that runs without npm packages, and so without commander. */
async function usageText(file: string): Promise<string> {
  const { stdout } = await run(process.execPath, [file, '--help'], { cwd: repositoryRoot });
  return `\`\`\`\n${stdout.trim()}\n\`\`\`\n`;
}

function commandText({ description, usage, parameters, commands }: CommandDescription): string {
  const own = `${sentence(description)}\n\n${code(usage)}\n\n${parameterTable(parameters)}`;
  return [own, ...commands.map((each) => `#### ${each.name}\n\n${commandText(each)}`)].join('\n');
}

const parameterTable = (parameters: readonly Parameter[]): string =>
  parameters.length === 0
    ? ''
    : table(
        ['argument or option', 'for', 'default'],
        parameters.map(({ usage, description, choices, fallback }) => [
          code(usage),
          text([description, choices.length > 0 && `one of: ${choices.join(', ')}`].filter(Boolean).join('; ')),
          fallback === undefined ? '' : code(fallback.replaceAll(`${repositoryRoot}/`, '')),
        ]),
      );
