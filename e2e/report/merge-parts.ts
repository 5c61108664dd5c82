import { verdictSentence } from './failure-text.ts';
import type { RunReport } from './report.ts';

/** One report of the parts of a suite by their place, from 1. A part that left none is an error of the run. */
export function mergeParts(parts: ReadonlyMap<number, RunReport>, count: number): RunReport {
  const reports = [...parts.values()];
  const sum = (of: (report: RunReport) => number): number => reports.reduce((all, report) => all + of(report), 0);
  const places = Array.from({ length: count }, (_, index) => index + 1);
  const missing = places.filter((place) => !parts.has(place)).map((place) => `Part ${place} of ${count} is missing.`);
  const verdict = {
    passed: sum((report) => report.verdict.passed),
    failed: sum((report) => report.verdict.failed),
    skipped: sum((report) => report.verdict.skipped),
    harnessFaults: sum((report) => report.verdict.harnessFaults),
    errors: [...missing, ...reports.flatMap((report) => report.verdict.errors)],
  };
  const byRegression = Map.groupBy(
    reports.flatMap(({ causes }) => causes),
    ({ regression }) => regression,
  );
  const causes = [...byRegression.values()].map((its) =>
    its.reduce((all, { failures, explained, claimed }) => ({
      ...all,
      failures: all.failures + failures,
      explained: all.explained + explained,
      claimed: all.claimed + claimed,
    })),
  );
  const tests = reports.flatMap((report) => report.tests);
  return {
    ...(reports[0] as RunReport),
    seconds: Math.max(...reports.map(({ seconds }) => seconds)),
    workers: sum(({ workers }) => workers),
    verdict,
    causes,
    tests,
    sentence: [verdictSentence(verdict, tests, causes), ...(verdict.failed > 0 ? missing : [])].join(' '),
  };
}
