import type { Command } from 'commander';

/** An argument or an option of a command. */
export interface Parameter {
  /** As it is typed: `[specs...]`, `-g, --grep <pattern>`. */
  usage: string;
  description: string;
  choices: readonly string[];
  /** The default as text; undefined: none. */
  fallback: string | undefined;
}

/** A command of `npm run`, as its program describes it. */
export interface CommandDescription {
  /** `e2e`, `fleet up`. */
  name: string;
  description: string;
  /** As it is typed: `npm run fleet -- up [options]`. */
  usage: string;
  parameters: readonly Parameter[];
  commands: readonly CommandDescription[];
}

/** A command of a program, with all commands below it. */
export function describeCommand(command: Command, parents: readonly string[] = []): CommandDescription {
  const name = [...parents, command.name()].join(' ');
  return {
    name,
    description: command.description(),
    usage: `${name} ${command.usage()}`.trim(),
    parameters: [
      ...command.registeredArguments.map((argument) => ({
        usage: argument.required ? `<${dotted(argument)}>` : `[${dotted(argument)}]`,
        description: argument.description,
        choices: argument.argChoices ?? [],
        fallback: textOf(argument.defaultValue),
      })),
      ...command.options
        .filter((option) => !option.hidden)
        .map((option) => ({
          usage: option.flags,
          description: option.description,
          choices: option.argChoices ?? [],
          // What `--no-x` leaves out is there by default, which its name says.
          fallback: option.negate ? undefined : textOf(option.defaultValueDescription ?? option.defaultValue),
        })),
    ],
    commands: command.commands.map((each) => describeCommand(each as Command, [name])),
  };
}

const dotted = (argument: { name(): string; variadic: boolean }): string =>
  argument.variadic ? `${argument.name()}...` : argument.name();

function textOf(value: unknown): string | undefined {
  if (value === undefined || (Array.isArray(value) && value.length === 0)) return undefined;
  return Array.isArray(value) ? value.join(', ') : String(value);
}
