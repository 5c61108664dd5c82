import { resolve } from 'node:path';
import { Command, InvalidArgumentError, type Option, type OutputConfiguration } from 'commander';
import { didYouMean } from '../../fleet/did-you-mean.ts';
import { exitCodes } from '../../fleet/errors.ts';
import { plainText } from '../../fleet/one-line.ts';

/** Variable in the environment with which `--help` also prints the help of the commands below. */
export const helpOfAll = 'FLEET_HELP_OF_ALL';

/** Settings that a machine may have in its .npmrc; npm passes them on in the same way as options that it keeps. */
const settingsOfNpm = new Set(['ca', 'proxy']);

/** What npm has of this option: without `--` before it npm keeps it, and sets a variable (`npm_config_list`). */
function keptByNpm({ long = '', short = '', negate }: Option): string[] {
  const name = long.replace(/^--(?:no-)?/, '');
  const kept = [name, short === '-g' ? 'global' : short.slice(1)]
    .filter((each) => each !== '' && !settingsOfNpm.has(each))
    .map((each) => process.env[`npm_config_${each.replaceAll('-', '_')}`])
    .find((value) => (negate ? value !== undefined : Boolean(value)));
  return kept === undefined ? [] : [long, ...(['true', ''].includes(kept) ? [] : [kept])];
}

/** Refuses options that npm has kept: `npm run e2e --list` would run the suite, `npm run deploy --dry-run` deploy. */
class CommandLine extends Command {
  override createCommand(name?: string): CommandLine {
    return new CommandLine(name);
  }

  override parseOptions(args: string[]): ReturnType<Command['parseOptions']> {
    const kept = this.options.flatMap(keptByNpm);
    if (kept.length > 0) {
      // A value that npm did not take for one is now the first argument.
      const line = [this.parent?.name(), this.name(), ...kept, ...args].filter(Boolean).join(' ');
      this.error(`error: npm kept ${kept.join(' ')} for itself. Options come after --: ${line}`);
    }
    return super.parseOptions(args);
  }
}

/** Errors repeat arguments, which may come from elsewhere. */
export const plainErrors: OutputConfiguration = { outputError: (text, write) => write(plainText(text)) };

/**
 * The command line of a command. Wrong arguments are a usage error, so it exits with 2 and not with 1.
 * @param program what starts it.
 */
export const commandLine = (name: string, program = `npm run ${name} --`): Command =>
  new CommandLine(program)
    .addHelpText('after', ({ command: { commands } }) => {
      const hasOwn = commands.filter(({ options, registeredArguments }) => options.length + registeredArguments.length);
      // Their descriptions are in the list before.
      return process.env[helpOfAll] ? hasOwn.map((each) => `\n${each.description('').helpInformation()}`).join('') : '';
    })
    .configureOutput(plainErrors)
    .showHelpAfterError(`Run: ${program} --help`)
    .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? exitCodes.passed : exitCodes.harnessFailed));

/** The same, but it refuses a first argument that is no command, which commander would give to the default command. */
export const refusingUnknownCommands = (program: Command): Command =>
  program.hook('preSubcommand', ({ args: [first], commands }) => {
    const names = commands.map((command) => command.name());
    if (first === undefined || first.startsWith('-') || names.includes(first)) return;
    program.error(`error: There is no command "${first}". ${didYouMean(first, names)}`);
  });

/** The most seconds that a timer of Node can wait, rounded down; no other number need be larger. */
const most = 2_000_000;

const numberFrom =
  (least: number) =>
  (text: string): number => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= least && value <= most) return value;
    throw new InvalidArgumentError(`Give a whole number from ${least} to ${most}.`);
  };

/** A whole number from 0, as the value of an option. */
export const wholeNumber = numberFrom(0);

/** A whole number from 1, as the value of an option. */
export const positiveNumber = numberFrom(1);

/** A value that is not empty, as an unset variable of a shell is. */
export function nonEmpty(text: string): string {
  if (text.trim() === '') throw new InvalidArgumentError('It is empty. Give a value, or leave the option out.');
  return text;
}

export function regularExpression(text: string): string {
  try {
    // Throws for what does not compile.
    ''.search(text);
    return text;
  } catch (error) {
    throw new InvalidArgumentError(`It is no regular expression: ${(error as Error).message}`);
  }
}

/** `90s` or `2m`, in seconds. */
export function parseTime(text: string): number {
  const [, count = '', unit] = /^(\d{1,5})(s|m)$/.exec(text) ?? [];
  const seconds = Number(count) * (unit === 'm' ? 60 : 1);
  if (seconds > 0) return seconds;
  throw new InvalidArgumentError('Give seconds or minutes, such as 90s or 2m.');
}

/** One of several parts of a list, counted from 1. */
export interface Shard {
  index: number;
  count: number;
}

/** More parts than a list has elements are of no use. */
const mostParts = 1_000_000;

/** `2/3`. */
export function parseShard(text: string): Shard {
  const [, index = 0, count = 0] = (/^(\d+)\/(\d+)$/.exec(text) ?? []).map(Number);
  if (index < 1 || index > count || count > mostParts)
    throw new InvalidArgumentError('Give a part and the number of parts, such as 2/3.');
  return { index, count };
}

/** The folder that a command was called from. npm starts every command in the folder of the repository. */
const callersFolder = (): string => process.env.INIT_CWD ?? process.cwd();

/** A path of the command line, absolute; `-` is standard input and stays. */
export const fromCallersFolder = (path: string): string => (path === '-' ? path : resolve(callersFolder(), path));
