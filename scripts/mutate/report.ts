import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { styleText } from 'node:util';
import Table from 'cli-table3';
import type { MutantResult, MutationTestResult } from 'mutation-testing-report-schema/api';
import { HarnessError } from '../../fleet/errors.ts';
import { repositoryRoot } from '../../fleet/root.ts';
import { kinds, percent, scoreOf, verdictOf, type Finding, type Verdict } from './verdict.ts';

const statusOf: Record<Verdict, MutantResult['status']> = {
  'killed by rule': 'Killed',
  'killed by unit test': 'Killed',
  'killed by spec': 'Killed',
  timeout: 'Timeout',
  survived: 'Survived',
  equivalent: 'Ignored',
  'not run': 'Pending',
};

/** The report in the format of https://github.com/stryker-mutator/mutation-testing-elements. */
export function reportOf(findings: readonly Finding[], sourceOf: (file: string) => string): MutationTestResult {
  const files = Map.groupBy(findings, ({ mutant }) => mutant.file);
  return {
    schemaVersion: '2',
    thresholds: { high: 90, low: 75 },
    files: Object.fromEntries(
      [...files].toSorted().map(([file, its]) => [
        file,
        {
          language: file.endsWith('.ts') ? 'typescript' : 'yaml',
          source: sourceOf(file),
          mutants: its.map(resultOf),
        },
      ]),
    ),
  };
}

function resultOf(finding: Finding): MutantResult {
  const { mutant, equivalent, outcomes, seconds } = finding;
  const verdict = verdictOf(finding);
  const said = kinds.flatMap((kind) => {
    const outcome = outcomes[kind];
    if (!outcome) return [];
    if (outcome.result === 'survived') return [`${kind}: survived ${outcome.tests}`];
    return [`${kind}: ${outcome.result === 'not run' ? outcome.message : `${outcome.killer}: ${outcome.message}`}`];
  });
  // Columns of the report are counted from 1.
  const at = ({ line, column }: { line: number; column: number }) => ({ line, column: column + 1 });
  return {
    id: mutant.id,
    mutatorName: mutant.mutator,
    replacement: mutant.replacement,
    location: { start: at(mutant.start), end: at(mutant.end) },
    status: statusOf[verdict],
    statusReason: [verdict, ...(equivalent === undefined ? [] : [equivalent]), ...said].join('\n'),
    duration: Math.round(seconds * 1000),
  };
}

/** Writes the findings, the report and its HTML page into a folder. The page needs no other file and no network. */
export function writeReport(folder: string, findings: readonly Finding[]): void {
  mkdirSync(folder, { recursive: true });
  const report = reportOf(findings, (file) => readFileSync(join(repositoryRoot, file), 'utf8'));
  writeFileSync(join(folder, 'findings.json'), JSON.stringify(findings, null, 1));
  writeFileSync(join(folder, 'mutation.json'), JSON.stringify(report, null, 1));
  writeFileSync(join(folder, 'index.html'), pageOf(report));
}

const script = fileURLToPath(import.meta.resolve('mutation-testing-elements/mutation-test-elements.js'));

function pageOf(report: MutationTestResult): string {
  // A text of a source must not end the script that it is in.
  const data = JSON.stringify(report).replaceAll('<', '\\u003c');
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8"><title>Mutation testing</title>
<body><mutation-test-report-app title-postfix="dezky-e2e"></mutation-test-report-app>
<script>${readFileSync(script, 'utf8').replaceAll('</script', '<\\/script')}</script>
<script>document.querySelector('mutation-test-report-app').report = ${data};</script>
</body></html>
`;
}

/** The findings of several reports, of parts or of kinds of tests. Of two attempts of the same kind the later counts. */
export function readFindings(files: readonly string[]): Finding[] {
  const all = files.flatMap((file) => {
    try {
      return JSON.parse(readFileSync(file, 'utf8')) as Finding[];
    } catch (cause) {
      throw new HarnessError(`${file} cannot be read as findings. Name a findings.json of reports/mutation.`, {
        cause,
      });
    }
  });
  const byMutant = Map.groupBy(all, ({ mutant }) => mutant.id);
  return [...byMutant.values()].map((its) => ({
    ...its[0]!,
    outcomes: Object.assign({}, ...its.map(({ outcomes }) => outcomes)) as Finding['outcomes'],
    seconds: its.reduce((sum, { seconds }) => sum + seconds, 0),
  }));
}

/** One line for each file, and one for all. */
export function summaryTable(findings: readonly Finding[]): string {
  const table = new Table({
    head: [
      'file',
      'mutants',
      'killed',
      'by rule',
      'by unit test',
      'by spec',
      'timeout',
      'survived',
      'equivalent',
      'not run',
      'of those tried by specs',
    ],
    style: { head: [], border: [] },
  });
  const row = (name: string, its: readonly Finding[]) => {
    const { mutants, killed, triedBySpecs, killedBySpecs } = scoreOf(its);
    const count = (verdict: Verdict) => its.filter((finding) => verdictOf(finding) === verdict).length;
    return [
      name,
      mutants,
      percent(killed, mutants),
      count('killed by rule'),
      count('killed by unit test'),
      count('killed by spec'),
      count('timeout'),
      count('survived'),
      count('equivalent'),
      count('not run'),
      triedBySpecs === 0 ? '-' : `${percent(killedBySpecs, triedBySpecs)} of ${triedBySpecs}`,
    ].map(String);
  };
  const files = [...Map.groupBy(findings, ({ mutant }) => mutant.file)].toSorted();
  for (const [file, its] of files) table.push(row(file, its));
  table.push(row('all', findings));
  return table.toString();
}

/** A mutant for people: its id, its place and what it changes. */
export const describe = ({ id, file, start, mutator, original, replacement }: Finding['mutant']): string =>
  `${id} ${file}:${start.line} ${styleText('dim', mutator)} ${short(original)} → ${short(replacement) || '(nothing)'}`;

const short = (text: string): string => {
  const line = text.replace(/\s+/g, ' ');
  return line.length > 70 ? `${line.slice(0, 67)}…` : line;
};
