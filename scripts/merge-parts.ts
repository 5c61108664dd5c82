// `npx node scripts/merge-parts.ts <folder> <engine>=<parts> …`: one report of a suite that ran in parts or on several
// engines, for CI. It has the exit code of the whole.
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { summaryMarkdown } from '../e2e/report/failure-text.ts';
import { mergeParts } from '../e2e/report/merge-parts.ts';
import { reportFile, type RunReport } from '../e2e/report/report.ts';
import { runPage } from '../e2e/report/run-page.ts';
import { HarnessError } from '../fleet/errors.ts';
import { runCommand } from './command/run-command.ts';
import { exitCodeOfRun } from './runner/runner.ts';

const [folder = '', ...engines] = process.argv.slice(2);

await runCommand(async () => {
  const expected = Object.fromEntries(engines.map((text) => text.split('=') as [string, string]));
  const counts = Object.entries(expected).map(([engine, count]) => [engine, Number(count)] as const);
  if (counts.length === 0 || counts.some(([, count]) => !(count > 0)))
    throw new HarnessError('Say how many parts each engine has: npx node scripts/merge-parts.ts reports local=2 k3s=2');
  const reports = globSync(`*/**/${reportFile}`, { cwd: folder }).map((file) => {
    const report = JSON.parse(readFileSync(join(folder, file), 'utf8')) as RunReport;
    return { ...report, tests: report.tests.map((test) => ({ ...test, folder: `${dirname(file)}/` })) };
  });
  if (reports.length === 0)
    throw new HarnessError(`There is no ${reportFile} in a folder of "${folder}". Run: npm run e2e`);
  const report = mergeParts(reports, Object.fromEntries(counts));
  writeFileSync(join(folder, 'run.html'), runPage(report));
  writeFileSync(join(folder, 'summary.md'), summaryMarkdown(report));
  for (const { engine, passed, failed, skipped } of report.engines ?? [])
    console.log(`${engine}: ${passed} passed, ${failed} failed, ${skipped} skipped`);
  console.log(`${report.sentence}\nRun report: ${join(folder, 'run.html')}`);
  const { passed, failed, skipped } = report.verdict;
  console.log(`\n${passed} passed, ${failed} failed, ${skipped} skipped`);
  return exitCodeOfRun(report.verdict);
});
