import { verdictSentence } from './failure-text.ts';
import { wholePart, type RunReport } from './report.ts';
import type { RunVerdict } from './verdict.ts';

/** How many parts the suite has on each engine. */
export type ExpectedParts = Readonly<Record<string, number>>;

/**
 * One report of the parts of a suite, of every engine that it ran on. A part that left none is an error of the run.
 * @param all reports that were found, also twice or of earlier runs: the newest of each expected part counts.
 */
export function mergeParts(all: readonly RunReport[], expected: ExpectedParts): RunReport {
  const places = Object.entries(expected).flatMap(([engine, count]) =>
    Array.from({ length: count }, (_, index) => ({ engine, part: `${index + 1}-of-${count}` })),
  );
  const newestFirst = all.toSorted((a, b) => b.startedAt.localeCompare(a.startedAt));
  const found = places.map((place) => ({
    ...place,
    report: newestFirst.find(({ engine, part = wholePart }) => engine === place.engine && part === place.part),
  }));
  const reports = found.flatMap(({ report }) => report ?? []);
  const missing = found
    .filter(({ report }) => !report)
    .map(({ engine, part }) => `Part ${part.replaceAll('-', ' ')} on the ${engine} engine is missing.`);
  const total = verdictOfAll(reports);
  const verdict = { ...total, errors: [...missing, ...total.errors] };
  const causes = reports
    .flatMap((report) => report.causes)
    .filter(({ regression }, index, known) => known.findIndex((other) => other.regression === regression) === index);
  const engines = [...Map.groupBy(reports, ({ engine }) => engine)];
  // The same test ran on each.
  const tests = reports.flatMap((report) =>
    report.tests.map((test) => (engines.length > 1 ? { ...test, title: `${test.title} (${report.engine})` } : test)),
  );
  return {
    ...(newestFirst[0] as RunReport),
    part: wholePart,
    engine: engines.map(([engine]) => engine).join(' and '),
    engines: engines.map(([engine, its]) => ({ engine, ...verdictOfAll(its), seconds: longest(its) })),
    seconds: longest(reports),
    workers: sumOf(reports, ({ workers }) => workers),
    verdict,
    causes,
    tests,
    sentence: [verdictSentence(verdict, tests, causes), ...(verdict.failed > 0 ? missing : [])].join(' '),
  };
}

const sumOf = (reports: readonly RunReport[], of: (report: RunReport) => number): number =>
  reports.reduce((all, report) => all + of(report), 0);

/** Parts run side by side. */
const longest = (reports: readonly RunReport[]): number => Math.max(...reports.map(({ seconds }) => seconds));

const verdictOfAll = (reports: readonly RunReport[]): RunVerdict => ({
  passed: sumOf(reports, ({ verdict }) => verdict.passed),
  failed: sumOf(reports, ({ verdict }) => verdict.failed),
  skipped: sumOf(reports, ({ verdict }) => verdict.skipped),
  harnessFaults: sumOf(reports, ({ verdict }) => verdict.harnessFaults),
  errors: reports.flatMap(({ verdict }) => verdict.errors),
});
