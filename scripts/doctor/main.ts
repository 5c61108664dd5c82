// The commands that need no installation, in one file: `scripts/doctor/pack.ts` makes it.
import { commandLine } from '../command/command-line.ts';
import { didYouMean } from '../../fleet/did-you-mean.ts';
import { exitCodes } from '../../fleet/errors.ts';
import { byUrls } from '../live/live-options.ts';
import { diagnose } from './diagnose.ts';
import { smoke } from './smoke.ts';

const program = 'node doctor.mjs';
const ofProgram = (name: string) => commandLine(name, `${program} ${name}`);

const commands: Readonly<Record<string, readonly [does: string, run: () => Promise<never>]>> = {
  smoke: ['checks a deployed fleet from outside', () => smoke(ofProgram('smoke'), byUrls)],
  diagnose: ['says what is wrong with which pod of it', () => diagnose(ofProgram('diagnose'), byUrls)],
};

const help = `Usage: ${program} <command> [options]

${Object.entries(commands)
  .map(([name, [does]]) => `  ${name.padEnd(10)}${does}`)
  .join('\n')}

Its options: ${program} <command> --help`;

const [name = '--help'] = process.argv.splice(2, 1);
// Paths are relative to where it is started, also by a script of npm.
process.env.INIT_CWD = process.cwd();
const command = commands[name];
if (command) await command[1]();
const isHelp = name === '--help' || name === '-h';
if (isHelp) console.log(help);
else console.error(`error: There is no command "${name}". ${didYouMean(name, Object.keys(commands))}\n${help}`);
process.exitCode = isHelp ? exitCodes.passed : exitCodes.harnessFailed;
