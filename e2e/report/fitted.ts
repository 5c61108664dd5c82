import type { ReportedTest } from './report.ts';

/** A report that is larger loads slowly and cannot be sent by mail. Bytes. */
export const maxBytes = 2_000_000;
/** What of a report is not the part of a test, at most. Bytes. */
export const frameBytes = 40_000;

/** How much of a test a report has: its timeline, or `none`; `bare`: of its failure only what was seen first, too. */
export type Detail = 'whole' | 'short' | 'none' | 'bare';

/** What loses detail first: parts of passed tests, and then those of failed ones. */
const order: ReadonlyArray<readonly [failed: boolean, detail: Detail]> = [
  [false, 'none'],
  [true, 'short'],
  [true, 'none'],
  [true, 'bare'],
];

/**
 * The parts of the tests with as much detail as fits: failed tests whole and the others short. When that is too much, the
 * largest parts lose detail first.
 * @param partOf makes the part of a test; its text is what counts.
 * @param most bytes of all parts.
 */
export function fitted<Part extends { toString(): string }>(
  tests: readonly ReportedTest[],
  partOf: (test: ReportedTest, detail: Detail) => Part,
  most: number,
): Map<string, { part: Part; detail: Detail }> {
  const made = (test: ReportedTest, detail: Detail) => {
    const part = partOf(test, detail);
    return { test, detail, part, bytes: Buffer.byteLength(part.toString()) };
  };
  const parts = new Map(tests.map((test) => [test.id, made(test, test.failure ? 'whole' : 'short')]));
  let bytes = [...parts.values()].reduce((sum, part) => sum + part.bytes, 0);
  for (const [isFailed, detail] of order) {
    const largest = [...parts.values()]
      .filter(({ test }) => (test.failure !== undefined) === isFailed)
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

/** A run as JSON. Timelines that do not fit are left out. */
export function runJson<Run extends { tests: ReportedTest[] }>(report: Run): string {
  const withDetail = ({ timeline, failure, ...test }: ReportedTest, detail: Detail): ReportedTest => ({
    ...test,
    ...(failure && { failure: detail === 'bare' ? { ...failure, message: failure.saw } : failure }),
    ...(timeline && (detail === 'whole' || detail === 'short') ? { timeline } : {}),
  });
  const details = fitted(
    report.tests,
    (test, detail) => JSON.stringify(withDetail(test, detail)),
    maxBytes - frameBytes,
  );
  const tests = report.tests.map((test) => withDetail(test, details.get(test.id)?.detail ?? 'none'));
  return JSON.stringify({ ...report, tests });
}
