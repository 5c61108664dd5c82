// The commands that need no installation, in one file: `scripts/doctor/pack.ts` makes it.
import { didYouMean } from '../../fleet/did-you-mean.ts';
import { exitCodes } from '../../fleet/errors.ts';
import { plainText } from '../../fleet/one-line.ts';
import { byUrls } from '../live/live-options.ts';
import { commandLine, fromCallersFolder } from '../command/command-line.ts';
import { runCommand } from '../command/run-command.ts';
import { explainFile } from '../explain/command.ts';
import { diagnose } from './diagnose.ts';
import { smoke } from './smoke.ts';

const program = 'node doctor.mjs';
const ofProgram = (name: string) => commandLine(name, `${program} ${name}`);

const commands: Readonly<Record<string, readonly [does: string, run: () => Promise<never>]>> = {
  smoke: ['checks a deployed fleet from outside', () => smoke(ofProgram('smoke'), byUrls)],
  explain: ['says from a recording of a browser why a user was signed out', explain],
  diagnose: ['says what is wrong with which pod of it', () => diagnose(ofProgram('diagnose'), byUrls)],
};

async function explain(): Promise<never> {
  const command = ofProgram('explain')
    .description('Says from a HAR or a trace.zip of Playwright why a user was signed out. Nothing is sent.')
    .argument('<file>', 'the recording')
    .option('--map <host=app...>', 'which host of the recording is which app, or auth')
    .addHelpText('after', '\nExit codes: 1, because no recording proves a cause; 2 the file is unusable.')
    .parse();
  const [file = ''] = command.args;
  return runCommand(async () => {
    const { text, exitCode } = explainFile(fromCallersFolder(file), {
      ...command.opts<{ map?: string[] }>(),
      name: file,
    });
    console.log(text);
    return exitCode;
  });
}

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
else
  console.error(plainText(`error: There is no command "${name}". ${didYouMean(name, Object.keys(commands))}\n${help}`));
process.exitCode = isHelp ? exitCodes.passed : exitCodes.harnessFailed;
