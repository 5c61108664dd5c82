import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { styleText } from 'node:util';
import Table from 'cli-table3';
import type { MutantResult, MutationTestResult } from 'mutation-testing-report-schema/api';
import { z } from 'zod';
import type { Mutant } from '../../fleet/build/mutants.ts';
import { HarnessError } from '../../fleet/errors.ts';
import { repositoryRoot } from '../../fleet/root.ts';
import { readJson, writeJson } from '../shared/json-file.ts';
import { progress } from '../command/run-command.ts';
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

const findingsFile = 'findings.json';

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

/** An interrupted run leaves whole ones. */
export const writeFindings = (folder: string, findings: readonly Finding[]): void =>
  writeJson(join(folder, findingsFile), findings);

/** Writes the findings, the report and its HTML page into a folder. The page needs no other file and no network. */
export function writeReport(folder: string, findings: readonly Finding[]): void {
  writeFindings(folder, findings);
  const report = reportOf(findings, (file) => readFileSync(join(repositoryRoot, file), 'utf8'));
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

/** The findings of several reports, of parts or of kinds of tests. @throws HarnessError that names a damaged one. */
export const readFindings = (files: readonly string[]): Finding[] => merged(files.flatMap(findingsIn));

/** What a report folder has of the mutants that still exist. */
export function earlierFindings(folder: string, mutants: readonly Mutant[]): Finding[] {
  const file = join(folder, findingsFile);
  const today = new Map(mutants.map((mutant) => [mutant.id, mutant]));
  return (existsSync(file) ? readFindings([file]) : []).flatMap((finding) => {
    const mutant = today.get(finding.mutant.id);
    return mutant ? [{ ...finding, mutant }] : [];
  });
}

const positionSchema = z.object({ line: z.int().positive(), column: z.int().nonnegative() });
const outcomeSchema = z.discriminatedUnion('result', [
  z.object({
    result: z.enum(['killed', 'timeout']),
    killer: z.string(),
    message: z.string(),
  }),
  z.object({ result: z.literal('survived'), tests: z.number() }),
  z.object({ result: z.literal('not run'), message: z.string() }),
]);
const findingsSchema: z.ZodType<Finding[]> = z.array(
  z.object({
    mutant: z.object({
      id: z.string(),
      file: z.string().refine((file) => !/^(?:\/|\.\.(?:\/|$))/.test(normalize(file)), 'leads out of the repository'),
      start: positionSchema,
      end: positionSchema,
      mutator: z.string(),
      original: z.string(),
      replacement: z.string(),
    }),
    equivalent: z.string().exactOptional(),
    outcomes: z.object({
      rule: outcomeSchema.exactOptional(),
      'unit test': outcomeSchema.exactOptional(),
      spec: outcomeSchema.exactOptional(),
    }),
    seconds: z.number(),
  }),
);

const remedy = 'Name a findings.json of reports/mutation, or delete it if it is damaged.';

function findingsIn(file: string): Finding[] {
  const data = readJson(file, findingsSchema, { what: 'findings', remedy });
  if (data === undefined) throw new HarnessError(`There is no ${file}. ${remedy}`);
  const isFile = (path: string) => statSync(join(repositoryRoot, path), { throwIfNoEntry: false })?.isFile() ?? false;
  const gone = new Set(data.map(({ mutant }) => mutant.file).filter((path) => !isFile(path)));
  for (const path of gone)
    progress(`${file}: mutants of ${path} are left out, because it is no file of the repository today.`);
  return data.filter(({ mutant }) => !gone.has(mutant.file));
}

/** One finding for each mutant. Of two attempts of the same kind the later counts. */
export function merged(findings: readonly Finding[]): Finding[] {
  const byMutant = Map.groupBy(findings, ({ mutant }) => mutant.id);
  return [...byMutant.values()].map((its) => ({
    ...its.at(-1)!,
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
