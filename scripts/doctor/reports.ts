import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { junitXml } from '../../e2e/report/junit.ts';
import { HarnessError } from '../../fleet/errors.ts';
import type { Check } from '../../e2e/probes/check.ts';
import { exitCodeOf, runChecks, type CheckRecord, type RunOptions } from './run-checks.ts';

/** What was asked, as `smoke.json` says it. */
interface Target {
  urls: Readonly<Record<string, string>>;
  sha?: string | undefined;
}

/** Makes the folder of the reports, and writes these. @throws HarnessError when it cannot */
function writeReports(folder: string, texts: Readonly<Record<string, string>>): void {
  try {
    mkdirSync(folder, { recursive: true });
    for (const [file, text] of Object.entries(texts)) writeFileSync(join(folder, file), text);
  } catch (error) {
    throw new HarnessError(
      `The reports cannot be written to ${folder} (${(error as NodeJS.ErrnoException).code}). Give --reports another folder.`,
    );
  }
}

/**
 * Runs checks and writes what they found: `smoke.json`, `junit.xml` and `smoke.sarif`.
 * @param reports folder; undefined: nowhere. @returns the exit code.
 */
export async function reportChecks<Context>(
  checks: ReadonlyArray<Check<Context>>,
  context: Context,
  { reports, target, ...options }: RunOptions & { reports: string | undefined; target: Target },
): Promise<number> {
  const folder = reports === undefined ? undefined : resolve(reports);
  // Told before the checks, which take a while.
  if (folder !== undefined) writeReports(folder, {});
  const records = await runChecks(checks, context, options);
  if (folder !== undefined) writeReports(folder, reportsOf(target, records));
  return exitCodeOf(records);
}

/** The reports, by file. @param target what was asked, for `smoke.json`. */
export const reportsOf = ({ urls, sha }: Target, checks: readonly CheckRecord[]) => ({
  'smoke.json': `${JSON.stringify({ urls, sha, verdict: verdictOf(checks), checks }, null, 2)}\n`,
  'junit.xml': junit(checks),
  'smoke.sarif': `${JSON.stringify(sarif(checks, urls), null, 2)}\n`,
});

const countOf = (checks: readonly CheckRecord[], status: CheckRecord['status']): number =>
  checks.filter((check) => check.status === status).length;

const verdictOf = (checks: readonly CheckRecord[]) => ({
  passed: countOf(checks, 'passed'),
  failed: countOf(checks, 'failed'),
  skipped: countOf(checks, 'skipped'),
  notChecked: countOf(checks, 'not checked'),
});

const junit = (checks: readonly CheckRecord[]): string =>
  junitXml(
    checks.map(({ of, check, status, says, milliseconds }) => ({
      suite: of,
      name: check,
      milliseconds,
      not: {
        passed: undefined,
        failed: { as: 'failure' as const, message: says.join(' ') },
        skipped: { as: 'skipped' as const, message: says.join(' ') },
        'not checked': { as: 'error' as const, message: 'it did not end in time' },
      }[status],
    })),
  );

/** Static Analysis Results Interchange Format 2.1.0: a rule for each check, a result for each fault. */
const sarif = (checks: readonly CheckRecord[], urls: Readonly<Record<string, string>>) => ({
  $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
  version: '2.1.0',
  runs: [
    {
      tool: {
        driver: {
          name: 'smoke',
          rules: [...new Set(checks.map(({ check }) => check))].map((check) => ({
            id: check,
            shortDescription: { text: check },
          })),
        },
      },
      results: checks
        .filter(({ status }) => status === 'failed')
        .flatMap(({ of, check, says }) =>
          says.map((text) => ({
            ruleId: check,
            level: 'error',
            message: { text },
            locations: [{ physicalLocation: { artifactLocation: { uri: urls[of] ?? of } } }],
          })),
        ),
    },
  ],
});
