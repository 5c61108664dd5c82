import { causesOfRun } from './causes.ts';
import type { Verdict } from './verdict.ts';
import type { ReportedTest } from './report.ts';

/** The verdict of a run in one sentence. */
export function sentenceOf(
  { passed, failed, skipped, harnessFaults, errors }: Verdict,
  tests: readonly ReportedTest[],
): string {
  const all = passed + failed;
  if (failed > harnessFaults) return `${failed} of ${testsOf(all)} failed${likelyCause(tests)}.`;
  if (failed > 0) return 'The harness failed, so this run says nothing about the product.';
  const [error] = errors;
  if (error !== undefined) return `No verdict. ${error.split('\n')[0]}`;
  if (passed === 0) return 'No test ran, so this run says nothing about the product.';
  const also = skipped > 0 ? `, and ${skipped} cannot run on this engine` : '';
  return `${all === 1 ? 'The one test' : `All ${all} tests`} passed${also}.`;
}

/** The regression that explains most failures. */
function likelyCause(tests: readonly ReportedTest[]): string {
  const [cause] = causesOfRun(tests);
  return cause ? `. Likely cause: ${cause.title.charAt(0).toLowerCase()}${cause.title.slice(1)}` : '';
}

const testsOf = (count: number): string => (count === 1 ? '1 test' : `${count} tests`);
