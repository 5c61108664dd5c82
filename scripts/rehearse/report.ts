import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isHarnessFault } from '../../e2e/report/harness-fault.ts';
import { headline } from '../../e2e/report/headline.ts';
import type { TestOutcome } from '../../e2e/report/outcome.ts';
import { regressionNamed } from '../../fixtures/regression.ts';
import { regressions } from '../../fixtures/regressions/catalogue.ts';
import type { Ended } from '../../fleet/programs.ts';
import { repositoryRoot } from '../../fleet/root.ts';
import { checks } from '../check/checks.ts';
import type { RegressionFinding } from '../prove/kill-matrix.ts';

/** A part of what a rehearsal found, in words. */
export interface Section {
  title: string;
  lines: readonly string[];
  /** Whether a person who decides on the upgrade must look at it. */
  differs: boolean;
  /** A step that came to no result, and its exit code. */
  failed?: number | null;
}

const mostShown = 15;

const capped = (lines: readonly string[], most = mostShown): string[] =>
  lines.length > most ? [...lines.slice(0, most), `… and ${lines.length - most} more`] : [...lines];

/** A step that came to no result. */
export const failedRun = (title: string, { code, output }: Pick<Ended, 'code' | 'output'>): Section => ({
  title,
  lines: output.trim().split('\n').slice(-mostShown),
  differs: true,
  failed: code,
});

type Packages = Record<string, { version?: string; link?: boolean }>;

/** What differs between two lock files. */
export function packagesSection(before: string, after: string): Section {
  const versions = (lock: string): Map<string, string> =>
    new Map(
      Object.entries((JSON.parse(lock) as { packages: Packages }).packages)
        .filter(([path, { link }]) => path.includes('node_modules/') && !link)
        .map(([path, { version = '' }]) => [path.replace(/^.*?node_modules\//, ''), version]),
    );
  const [was, is] = [versions(before), versions(after)];
  const names = [...new Set([...was.keys(), ...is.keys()])].filter((name) => was.get(name) !== is.get(name));
  const added = names.filter((name) => !was.has(name));
  const removed = names.filter((name) => !is.has(name));
  return {
    title: `Packages: ${added.length} added, ${removed.length} removed, ${names.length - added.length - removed.length} changed.`,
    lines: capped(names.toSorted().map((name) => `${name} ${was.get(name) ?? 'new'} → ${is.get(name) ?? 'gone'}`)),
    differs: false,
  };
}

/** The line of a check that failed, and of a limit that is exceeded. */
const checkFailed = new RegExp(`^✗ (?:${Object.keys(checks).join('|')}|.* at most +\\d+$)`);
/** What a test runner, a compiler or a linter found. */
const saysWhy = /^ *FAIL |^\w*Error: |error TS\d+|^ *[×x] \S|^\[error\]/;

/** @param stdout of `npm run check`: the line of a check that failed, and below it what the check printed. */
export function gateSection(passed: boolean, stdout: string): Section {
  if (passed) return { title: 'The gate passes.', lines: [], differs: false };
  const lines = stdout.split('\n').filter((line) => checkFailed.test(line) || saysWhy.test(line));
  return { title: 'The gate fails.', lines: capped(lines.map((line) => line.trim())), differs: true };
}

/** @param today the same tests of a run without the change. */
export function suiteSection(
  tests: readonly TestOutcome[],
  today: readonly TestOutcome[],
  what = 'What users would see',
): Section {
  const key = ({ spec, title }: TestOutcome): string => `${spec}: ${title}`;
  const redToday = new Set(today.filter(({ status }) => status === 'failed').map(key));
  const faults = tests.filter(({ message, harnessFault }) => isHarnessFault(harnessFault ?? message)).length;
  const red = tests.filter(({ status }) => status === 'failed');
  const news = red.filter((test) => !redToday.has(key(test)));
  const ran = tests.filter(({ status }) => status === 'passed' || status === 'failed').length;
  const causes = Map.groupBy(news, ({ message }) => headline(message).split(/ · | on https:/)[0] ?? '');
  const lines = [...causes]
    .toSorted(([, a], [, b]) => b.length - a.length)
    .flatMap(([, its]) => [
      `${its.length === 1 ? '1 test' : `${its.length} tests`}: ${headline(its[0]!.message)}`,
      ...capped(
        its.map((test) => `  e2e/${test.spec}:${test.line} ${test.title}`),
        5,
      ),
    ]);
  const same = red.length - news.length;
  const left = tests.filter(({ status }) => status === 'not run').length;
  const counts: Array<[count: number, of: string]> = [
    [faults, 'failed because of the harness'],
    [same, 'are red today as well'],
    [left, 'did not run'],
  ];
  const also = counts.flatMap(([count, of]) => (count > 0 ? [`${count} ${of}`] : []));
  return {
    title: `${[`${what}: ${news.length} of ${ran} tests differ`, ...also].join(', ')}.`,
    lines,
    differs: news.length + left > 0 || ran === 0,
  };
}

/** The regressions that take a workaround for the module away, as its list names them. */
export function workarounds(): Set<string> {
  const list = readFileSync(join(repositoryRoot, 'apps/base/server/nuxt-oidc-auth/README.md'), 'utf8');
  return new Set([...list.matchAll(/regression `([\w-]+)`/g)].map(([, name = '']) => name));
}

/** @param today the findings of those that were not caught, without the change; what it lacks counts as caught. */
export function catalogueSection(
  findings: readonly RegressionFinding[],
  today: readonly RegressionFinding[],
  ofModule = workarounds(),
): Section {
  const sameToday = new Set(today.filter(({ verdict }) => verdict !== 'caught').map(({ regression }) => regression));
  const news = findings.filter(
    ({ regression, verdict }) => !['caught', 'not applicable'].includes(verdict) && !sameToday.has(regression),
  );
  const line = ({ regression, verdict, evidence: [first] }: RegressionFinding): string =>
    `  ${regression} (${regressionNamed(regression, regressions()).title}): ${verdict}${first ? `, ${[first.spec, first.message].filter(Boolean).join(': ')}` : ''}`;
  const [unneeded, others] = [
    news.filter(({ regression, verdict }) => verdict === 'missed' && ofModule.has(regression)),
    news.filter(({ regression, verdict }) => verdict !== 'missed' || !ofModule.has(regression)),
  ];
  const caught = findings.filter(({ verdict }) => verdict === 'caught').length;
  return {
    title: `Regressions: ${caught} of ${findings.length} are caught, ${news.length} only today.`,
    lines: [
      ...(unneeded.length > 0 ? ['Workarounds that this version may make unnecessary:', ...unneeded.map(line)] : []),
      ...(others.length > 0 ? ['No longer caught for the stated reason:', ...others.map(line)] : []),
    ],
    differs: news.length > 0,
  };
}

/** The whole result. */
export const textOf = (given: readonly string[], sections: readonly Section[]): string =>
  [
    `Rehearsal of ${given.join(', ')}`,
    ...sections.flatMap(({ title, lines }) => ['', title, ...lines.map((line) => `  ${line}`)]),
  ].join('\n');
