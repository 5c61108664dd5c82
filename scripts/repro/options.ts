import type { Command } from 'commander';
import { HarnessError } from '../../fleet/errors.ts';

/** What options need, and would be ignored without. */
const needs = {
  regression: { what: 'the name of a regression', flags: ['--fixed', '--record-har', '--no-pods'] },
  recording: {
    what: 'a recording (--har, --trace or --curl)',
    flags: ['--map', '--faults', '--seed', '--write-spec', '--force'],
  },
} as const;

/**
 * Checks the options of a parsed command line.
 * @param shown what the arguments ask for. @throws HarnessError for options that it would ignore.
 */
export function checkOptions(program: Command, shown: keyof typeof needs | 'catalogue'): void {
  const given = program.options.filter((option) => program.getOptionValueSource(option.attributeName()) === 'cli');
  const ignored = Object.entries(needs)
    .filter(([kind]) => kind !== shown)
    .flatMap(([, { what, flags }]) =>
      given.filter(({ long }) => flags.some((flag) => flag === long)).map(({ long }) => `${long} needs ${what}.`),
    );
  if (ignored.length > 0) throw new HarnessError(`${ignored.join(' ')} See: npm run repro -- --help`);
}
