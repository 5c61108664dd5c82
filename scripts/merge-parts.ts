// `npx node scripts/merge-parts.ts <folder>`: one report of the parts of a suite, for CI. It has the exit code of the whole.
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { summaryMarkdown } from '../e2e/report/failure-text.ts';
import { mergeParts } from '../e2e/report/merge-parts.ts';
import type { RunReport } from '../e2e/report/report.ts';
import { runPage } from '../e2e/report/run-page.ts';
import { HarnessError } from '../fleet/errors.ts';
import { runCommand } from './command/run-command.ts';
import { exitCodeOfRun } from './runner/runner.ts';

const [folder = '.'] = process.argv.slice(2);

await runCommand(async () => {
  const parts = new Map<number, RunReport>();
  let count = 0;
  for (const file of globSync('**/part-*-of-*.json', { cwd: folder })) {
    const report = JSON.parse(readFileSync(join(folder, file), 'utf8')) as RunReport;
    const tests = report.tests.map((test) => ({ ...test, folder: `${dirname(file)}/` }));
    const [, place = 0, of = 0] = (/part-(\d+)-of-(\d+)\.json$/.exec(file) ?? []).map(Number);
    parts.set(place, { ...report, tests });
    count = of;
  }
  if (count === 0) throw new HarnessError(`There is no part-*.json below "${folder}". Run: npm run e2e -- --shard 1/2`);
  const report = mergeParts(parts, count);
  writeFileSync(join(folder, 'run.html'), runPage(report));
  writeFileSync(join(folder, 'summary.md'), summaryMarkdown(report));
  console.log(`${report.sentence}\nRun report: ${join(folder, 'run.html')}`);
  return exitCodeOfRun(report.verdict);
});
