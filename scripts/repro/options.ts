import type { Command } from 'commander';
import { HarnessError } from '../../fleet/errors.ts';

/** What the arguments ask for; a folder is that of `--rate`. */
type Shown = 'regression' | 'recording' | 'folder' | 'catalogue';

const recording = 'a recording (--har, --trace or --curl)';

/** What options need, and would be ignored without. */
const needs: ReadonlyArray<{ what: string; shown: readonly Shown[]; flags: readonly string[] }> = [
  { what: 'the name of a regression', shown: ['regression'], flags: ['--fixed', '--record-har', '--no-pods'] },
  { what: recording, shown: ['recording'], flags: ['--map', '--faults', '--write-spec', '--force'] },
  { what: `${recording} or --rate`, shown: ['recording', 'folder'], flags: ['--seed'] },
];

/**
 * Checks the options of a parsed command line.
 * @param shown what the arguments ask for. @throws HarnessError for options that it would ignore.
 */
export function checkOptions(program: Command, shown: Shown): void {
  const given = program.options.filter((option) => program.getOptionValueSource(option.attributeName()) === 'cli');
  const ignored = needs
    .filter((need) => !need.shown.includes(shown))
    .flatMap(({ what, flags }) =>
      given.filter(({ long }) => flags.some((flag) => flag === long)).map(({ long }) => `${long} needs ${what}.`),
    );
  if (ignored.length > 0) throw new HarnessError(`${ignored.join(' ')} See: npm run repro -- --help`);
}
