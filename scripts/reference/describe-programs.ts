// `node scripts/reference/describe-programs.ts <script>...`: prints what each script's command line accepts, as JSON. The
// scripts are loaded, and stopped where they would read their arguments.
import { resolve } from 'node:path';
import { Command } from 'commander';
import { HarnessError } from '../../fleet/errors.ts';
import { runCommand } from '../command/run-command.ts';
import { describeCommand, type CommandDescription } from './command-description.ts';

/** Ends a script at `program.parse()`. */
class Stopped extends Error {}

let found: (program: Command) => void;

Command.prototype.parse = function stop(): never {
  found(this);
  throw new Stopped();
};
Command.prototype.parseAsync = function stop(): Promise<never> {
  found(this);
  // Never resolves: the script would go on.
  return new Promise(() => {});
};

await runCommand(async () => {
  const described: CommandDescription[] = [];
  for (const script of process.argv.slice(2)) described.push(describeCommand(await programOf(script)));
  process.stdout.write(JSON.stringify(described));
  return 0;
});

function programOf(script: string): Promise<Command> {
  return new Promise((resolvePromise, reject) => {
    found = resolvePromise;
    import(resolve(script)).then(
      () =>
        reject(new HarnessError(`${script} reads no arguments with commander. Describe it as the other commands are.`)),
      (error: unknown) => {
        if (!(error instanceof Stopped)) reject(error as Error);
      },
    );
  });
}
