import { inColumns } from '../command/output.ts';
import { percentile } from '../runner/sequencer.ts';

/** A test and when it ended, in seconds since the first test of its run started. */
interface EndedTest {
  name: string;
  tags: readonly string[];
  end: number;
}

/** Regressions in the table: a sample of the catalogue. */
const shown = 30;

/**
 * Prints after which time the whole suite would be red, for each fault of a sample of the catalogue: when the first test
 * that claims it ends.
 */
export function printTimeToRed(tests: readonly EndedTest[]): void {
  const first = new Map<string, EndedTest>();
  for (const test of tests.toSorted((a, b) => a.end - b.end))
    for (const tag of test.tags) if (!first.has(tag)) first.set(tag, test);
  const all = [...first].toSorted(([a], [b]) => a.localeCompare(b));
  const step = Math.max(1, all.length / shown);
  const sample = all.filter((_, index) => Math.floor(index / step) !== Math.floor((index - 1) / step));
  const rows = sample.map(([regression, { name, end }]) => [regression, `${end.toFixed(1)} s`, name]);
  console.log(inColumns([['a fleet with', 'red after', 'by'], ...rows]).join('\n'));
  for (const [what, its] of [
    [`these ${sample.length}`, sample],
    [`all ${all.length}`, all],
  ] as const) {
    const ends = its.map(([, { end }]) => end);
    const at = (share: number): string => `${(percentile(ends, share) ?? 0).toFixed(1)} s`;
    console.log(`Of ${what} regressions half are red after ${at(0.5)} of tests, 90 % after ${at(0.9)}.`);
  }
}
