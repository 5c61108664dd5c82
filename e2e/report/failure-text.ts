import { stripVTControlCharacters, styleText } from 'node:util';
import { causesOfRun, describeRegressionCause } from './causes.ts';
import { notRunByReason, type ReportedTest, type RunReport } from './report.ts';
import type { RunVerdict } from './verdict.ts';

/** Maximum number of tests in the terminal. The run report has the rest. */
const mostInTerminal = 20;

/** The first failed tests of a run, each in a few lines: expected, seen, evidence, cause, commands. */
export function failuresForTerminal({ tests }: RunReport): string {
  const all = failed(tests);
  const shown = all.slice(0, mostInTerminal).map((test) => {
    const [first = '', ...lines] = linesOf(test);
    return [styleText('red', `✘ ${first}`), ...lines.map((line) => `  ${line}`)].join('\n');
  });
  const more = all.length - shown.length;
  return [...shown, ...(more > 0 ? [`${more} more failed; the run report has them.`] : [])].join('\n\n');
}

const failed = (tests: readonly ReportedTest[]): ReportedTest[] => tests.filter(({ failure }) => failure !== undefined);

/** The first line is the location. */
function linesOf({ title, failure }: ReportedTest): string[] {
  if (!failure) return [];
  const { at, saw, evidence, causes, again, isHarness } = failure;
  const row = (name: string, texts: readonly string[]): string[] =>
    texts.map((text, index) => `${(index === 0 ? name : '').padEnd(13)}${oneLine(text)}`);
  const [first, ...others] = causes;
  const cause = first ? [describeRegressionCause(first), first.explanation] : [];
  return [
    oneLine(`e2e/${at}`),
    ...row('Expected', [title]),
    ...row('Seen', [saw]),
    ...row('Evidence', evidence),
    ...row('Likely cause', [...cause, ...others.map(describeRegressionCause)]),
    ...row('Likely cause', isHarness ? ['The harness failed, and not the product.'] : []),
    ...row('See it again', again),
  ];
}

/** Without line ends and other control characters: at the start of a line, `::` is a workflow command of GitHub. */
const oneLine = (text: string): string => stripVTControlCharacters(text).replaceAll(/[\p{Cc}\u2028\u2029]+/gu, ' ');

/** `::error` commands, which GitHub shows at the line of the assertion; errors outside of tests have none. */
export const annotations = ({ tests, verdict }: RunReport): string =>
  [
    ...verdict.errors.map((error) => `::error::${data(error)}`),
    ...failed(tests).map((test) => {
      const { at = '' } = test.failure ?? {};
      const [file = '', line = '1'] = at.split(':');
      const [, ...text] = linesOf(test);
      return `::error file=e2e/${property(file)},line=${line},title=${property(test.title)}::${data(text.join('\n'))}`;
    }),
  ].join('\n');

/** Escapes for the data and the properties of workflow commands. */
const data = (text: string): string =>
  stripVTControlCharacters(text).replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
const property = (text: string): string => data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');

/** Maximum number of tests in a summary: GitHub shows none that is larger than 1 MiB. */
const mostInSummary = 200;

/** The run as Markdown, for the summary of a job. */
export function summaryMarkdown({ sentence, verdict, tests, engine, seconds }: RunReport): string {
  const failures = failed(tests);
  return [
    `## ${inline(sentence)}`,
    '',
    `| passed | failed | not run | engine | seconds |`,
    `| ---: | ---: | ---: | --- | ---: |`,
    `| ${verdict.passed} | ${verdict.failed} | ${verdict.skipped} | ${engine} | ${seconds.toFixed(0)} |`,
    '',
    ...failures
      .slice(0, mostInSummary)
      .flatMap((test) => [`### ${inline(test.title)}`, '', '```text', ...linesOf(test), '```', '']),
    ...(failures.length > mostInSummary ? [`${failures.length - mostInSummary} more failed; see run.html.`, ''] : []),
    ...notRunByReason(tests).map(([reason, its]) => `- ${its.length} not run: ${inline(reason)}`),
    '',
  ].join('\n');
}

/** Text with Markdown and HTML escaped. */
const inline = (text: string): string => oneLine(text).replace(/[\\`*_{}[\]<>|#]/g, String.raw`\$&`);

/** The verdict of a run in one sentence. */
export function sentenceOf(
  { passed, failed, skipped, harnessFaults, errors }: RunVerdict,
  tests: readonly ReportedTest[],
): string {
  const all = passed + failed;
  if (failed > harnessFaults) {
    const [cause] = causesOfRun(tests);
    const likely = cause ? `. Likely cause: ${cause.title.charAt(0).toLowerCase()}${cause.title.slice(1)}` : '';
    return `${failed} of ${all === 1 ? '1 test' : `${all} tests`} failed${likely}.`;
  }
  if (failed > 0) return 'The harness failed, so this run says nothing about the product.';
  const [error] = errors;
  if (error !== undefined) return `No verdict. ${error.split('\n')[0]}`;
  if (passed === 0) return 'No test ran, so this run says nothing about the product.';
  const also = skipped > 0 ? `, and ${skipped} cannot run on this engine` : '';
  return `${all === 1 ? 'The one test' : `All ${all} tests`} passed${also}.`;
}
