import { Command } from 'commander';
import { exitCodes } from '../fleet/errors.ts';

/** A command's command line. What it does not understand is the caller's doing, so it ends with 2 and not with 1. */
export const commandLine = (name: string): Command =>
  new Command(`npm run ${name} --`)
    .showHelpAfterError(`Run: npm run ${name} -- --help`)
    .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? exitCodes.passed : exitCodes.harnessFailed));
