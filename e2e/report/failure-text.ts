import { stripVTControlCharacters, styleText } from 'node:util';
import { oneLine } from '../../fleet/one-line.ts';
import { failuresByKind, testsIn } from './causes.ts';
import { notRunByReason, type RegressionCause, type ReportedTest, type RunReport } from './report.ts';
import type { RunVerdict } from './verdict.ts';

/** Maximum number of kinds of failures in the terminal, and how many of them in full. The run report has the rest. */
const mostInTerminal = 20;
const mostInFull = 3;

/** How many tests of one kind are named beside the one that is shown, and how many of its requests. */
const mostNamed = 3;
const mostEvidence = 2;

const mostInSentence = 3;

/** The failures of a run: which known faults fail so, and for each kind one test in a few lines and the names of the others. */
export function failuresForTerminal({ tests, causes }: RunReport): string {
  const kinds = failuresByKind(tests);
  const shown = kinds.slice(0, mostInTerminal).map((kind, index) => {
    const [first = '', ...lines] = linesOf(kind);
    const most = index < mostInFull ? lines.length : 1;
    return [styleText('red', `✘ ${first}`), ...lines.slice(0, most).map((line) => `  ${line}`)].join('\n');
  });
  const more = kinds.length - shown.length;
  return [
    ...(kinds.length > 0 && causes.length > 0 ? [describeCauses(causes).map(oneLine).join('\n')] : []),
    ...shown,
    ...(more > 0 ? [`${more} more kinds of failures; the run report has them.`] : []),
  ].join('\n\n');
}

/** A fault that is not in the catalogue may fail in the same way, so none is said to be the cause. */
const describeCauses = (causes: readonly RegressionCause[]): string[] =>
  causes.map(({ regression, title }) => `A known fault fails so: ${title}. To compare: npm run repro -- ${regression}`);

/** A kind of failures; the first line says what was seen. */
function linesOf([kind, [test, ...others]]: readonly [string, readonly ReportedTest[]]): string[] {
  if (!test?.failure) return [];
  const { at, saw, evidence, left, again } = test.failure;
  const by = [...new Set([test, ...others].flatMap(({ failure }) => failure?.by ?? []))];
  const row = (name: string, texts: readonly string[]): string[] =>
    texts.map((text, index) => `${(index === 0 ? name : '').padEnd(13)}${oneLine(text)}`);
  const named = others.slice(0, mostNamed).map(({ title, failure }) => `e2e/${failure?.at} ${title}`);
  return [
    oneLine(
      `${kind}${by.length > 0 ? ` by ${by.slice(0, mostNamed).join(', ')}` : ''} (${testsIn(others.length + 1)})`,
    ),
    ...row('Seen', [saw]),
    ...row('Test', [`e2e/${at} ${test.title}`]),
    ...row('Evidence', evidence.slice(0, mostEvidence)),
    ...row('Its fleet', left ? [leftSentence(left)] : []),
    ...row('See it again', again),
    ...row('Also', [...named, ...(others.length > mostNamed ? [`${others.length - mostNamed} more`] : [])]),
  ];
}

/** What a failed test did to its fleet, as the report says it. */
export const leftSentence = (left: string): string => `was changed (${left}), so the tests after it got a new one.`;

/** An `::error` command for each kind of failures, at the line of its first; errors outside of tests have no line. */
export const annotations = ({ tests, verdict }: RunReport): string =>
  [
    ...verdict.errors.map((error) => `::error::${data(error)}`),
    ...failuresByKind(tests).map((kind) => {
      const [, [test]] = kind;
      const [file = '', line = '1'] = (test?.failure?.at ?? '').split(':');
      return `::error file=e2e/${property(file)},line=${line},title=${property(test?.title ?? '')}::${data(linesOf(kind).join('\n'))}`;
    }),
  ].join('\n');

/** Escapes for the data and the properties of workflow commands. */
const data = (text: string): string =>
  stripVTControlCharacters(text).replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
const property = (text: string): string => data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');

/** Maximum number of kinds of failures in a summary: GitHub shows none that is larger than 1 MiB. */
const mostInSummary = 200;

/** The run as Markdown, for the summary of a job. */
export function summaryMarkdown({ sentence, verdict, tests, causes, ...run }: RunReport): string {
  const { engines = [{ ...verdict, engine: run.engine, seconds: run.seconds }] } = run;
  const failures = failuresByKind(tests);
  return [
    `## ${inline(sentence)}`,
    '',
    `| passed | failed | skipped | engine | seconds |`,
    `| ---: | ---: | ---: | --- | ---: |`,
    ...engines.map(
      ({ passed, failed, skipped, engine, seconds }) =>
        `| ${passed} | ${failed} | ${skipped} | ${engine} | ${seconds.toFixed(0)} |`,
    ),
    '',
    ...describeCauses(causes).map((line) => `${inline(line)}\n`),
    ...failures.slice(0, mostInSummary).flatMap((kind) => ['```text', ...linesOf(kind), '```', '']),
    ...(failures.length > mostInSummary ? [`${failures.length - mostInSummary} more kinds; see run.html.`, ''] : []),
    ...notRunByReason(tests).map(([reason, its]) => `- ${its.length} not run: ${inline(reason)}`),
    '',
  ].join('\n');
}

/** Text with Markdown and HTML escaped. */
const inline = (text: string): string => oneLine(text).replace(/[\\`*_{}[\]<>|#]/g, String.raw`\$&`);

/** Said of a run on a machine that was this much slower than a quiet one when it began, at least 1. */
export const slownessSentence = (factor: number): string =>
  factor < 1.5 ? '' : `The machine was ${factor} times slower than a quiet one, so deadlines were longer.`;

/** The verdict of a run in one sentence; a failed one says which known faults fail so, or what was seen. */
export function verdictSentence(
  { passed, failed, skipped, harnessFaults, errors }: RunVerdict,
  tests: readonly ReportedTest[],
  causes: readonly RegressionCause[],
): string {
  const all = passed + failed;
  if (failed > harnessFaults) {
    const titles = causes.map(({ title }) => `${title.charAt(0).toLowerCase()}${title.slice(1)}`);
    const seen = failuresByKind(tests)
      .slice(0, mostInSentence)
      .map(([kind, its]) => `${kind} (${testsIn(its.length)})`);
    const what = seen.length > 0 ? ` Seen: ${seen.join('; ')}.` : '';
    const like = `, as with a known fault: ${titles.join('; or: ')}.`;
    return `${failed} of ${testsIn(all)} failed${titles.length > 0 ? like : `.${what}`}`;
  }
  if (failed > 0) return 'The harness failed, so this run says nothing about the product.';
  const [error] = errors;
  if (error !== undefined) return `No verdict. ${error.split('\n')[0]}`;
  if (passed === 0) return 'No test ran, so this run says nothing about the product.';
  const foreign = tests.filter(({ isNotApplicable }) => isNotApplicable).length;
  const also = [
    ...(skipped > foreign ? [`, and ${skipped - foreign} cannot run on this engine`] : []),
    ...(foreign > 0 ? [`, and ${foreign} did not apply to this app`] : []),
  ].join('');
  return `${all === 1 ? 'The one test' : `All ${all} tests`} passed${also}.`;
}
