import type { ReportedTest } from './report.ts';

/** A report that is larger loads slowly and cannot be sent by mail. Bytes. */
export const maxBytes = 2_000_000;

/**
 * How much of a test a report contains, from most to least: `whole` and `short` have its timeline, `bare` has only the
 * received value of its failure, `line` its status and name, and `gone` nothing.
 */
export type Detail = 'whole' | 'short' | 'none' | 'bare' | 'line' | 'gone';

/** The order in which detail is removed. Passed tests are those without a failure. */
const order: ReadonlyArray<readonly [ofFailed: boolean, detail: Exclude<Detail, 'whole'>]> = [
  [false, 'none'],
  [true, 'short'],
  [false, 'line'],
  [true, 'none'],
  [false, 'gone'],
  [true, 'bare'],
  [true, 'gone'],
];

const isFailed = ({ failure }: ReportedTest): boolean => failure !== undefined;
const fullDetail = (test: ReportedTest): Detail => (isFailed(test) ? 'whole' : 'short');

/**
 * The parts of the tests with as much detail as fits: failed tests whole and the others short. When that is too much,
 * detail is removed from the largest parts first.
 * @param partOf creates the part of a test; the length of its text counts.
 * @param most bytes of all parts.
 */
export function fitted<Part extends { toString(): string }>(
  tests: readonly ReportedTest[],
  partOf: (test: ReportedTest, detail: Detail) => Part,
  most: number,
): Map<string, { part?: Part; detail: Detail }> {
  const made = (test: ReportedTest, detail: Detail) => {
    if (detail === 'gone') return { test, detail, bytes: 0 };
    const part = partOf(test, detail);
    return { test, detail, part, bytes: Buffer.byteLength(part.toString()) };
  };
  const parts = new Map<string, ReturnType<typeof made>>(tests.map((test) => [test.id, made(test, fullDetail(test))]));
  let bytes = [...parts.values()].reduce((sum, part) => sum + part.bytes, 0);
  for (const [ofFailed, detail] of order) {
    if (bytes <= most) break;
    const largest = [...parts.values()]
      .filter(({ test }) => isFailed(test) === ofFailed)
      .toSorted((a, b) => b.bytes - a.bytes);
    for (const part of largest) {
      if (bytes <= most) break;
      const smaller = made(part.test, detail);
      parts.set(part.test.id, smaller);
      bytes += smaller.bytes - part.bytes;
    }
  }
  return parts;
}

/** What each level of detail omits. */
const leftOut: Readonly<Record<Exclude<Detail, 'whole'>, string>> = {
  short: 'each request of',
  none: 'the timelines of',
  bare: 'the timelines and whole messages of',
  line: 'all but the names of',
  gone: 'all of',
};

/**
 * A sentence about what a report omits to stay small; undefined when it is complete.
 * @param details as {@link fitted} chose them.
 */
export function leftOutOf(
  tests: readonly ReportedTest[],
  details: ReadonlyMap<string, { detail: Detail }>,
): string | undefined {
  const texts = order.flatMap(([ofFailed, detail]) => {
    const count = tests.filter(
      (test) =>
        isFailed(test) === ofFailed &&
        details.get(test.id)?.detail === detail &&
        (detail !== 'none' || test.timeline !== undefined),
    ).length;
    const tested = `${ofFailed ? 'failed ' : ''}${count === 1 ? 'test' : 'tests'}${ofFailed ? '' : ' without a failure'}`;
    return count > 0 ? [`${leftOut[detail]} ${count} ${tested}`] : [];
  });
  if (texts.length === 0) return undefined;
  return `Left out to stay below ${maxBytes / 1e6} MB: ${texts.join('; ')}. Run a test alone to see all of it; results.json has every test.`;
}

/** Bytes that are reserved for the text of {@link leftOutOf}. */
export const leftOutBytes = 1_000;
