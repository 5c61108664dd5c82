import { Command } from 'commander';
import { exitCodes } from '../fleet/errors.ts';

/** The command line of a command. Wrong arguments are a usage error, so it exits with 2 and not with 1. */
export const commandLine = (name: string): Command =>
  new Command(`npm run ${name} --`)
    .showHelpAfterError(`Run: npm run ${name} -- --help`)
    .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? exitCodes.passed : exitCodes.harnessFailed));
