import { setTimeout as delay } from 'node:timers/promises';
import { styleText } from 'node:util';
import { CheckFailed, nameOf, type Check } from '../../e2e/probes/check.ts';
import { redact } from '../../e2e/report/redact.ts';
import { saidOnce, Unreachable } from '../../fleet/engines/live/unreachable.ts';
import { exitCodes, HarnessError } from '../../fleet/errors.ts';
import { oneLine } from '../../fleet/one-line.ts';

/** The result of one check, as reports have it: without secrets, each text one line. */
export interface CheckRecord {
  /** Such as `operator`, `auth`. */
  of: string;
  check: string;
  status: 'passed' | 'failed' | 'skipped' | 'not checked';
  saw: string;
  /** Sentences: its faults, or why it was skipped. */
  says: string[];
  milliseconds: number;
}

const marks = {
  passed: styleText('green', '✓'),
  failed: styleText('red', '✗'),
  skipped: '–',
  'not checked': '?',
} as const;

/** Checks that run side by side. Most of their time they wait. */
const atOnce = 6;

export interface RunOptions {
  /** Milliseconds for all of them. */
  budget: number;
  signal: AbortSignal;
  /** Only those whose name matches. */
  grep?: string | undefined;
  /** Values that no result may contain. */
  secrets?: readonly string[];
}

/**
 * Runs checks side by side, prints a line for each in their order, and at the end each fault once.
 * @throws HarnessError without a check, or when the harness fails; the reason of the signal.
 */
export async function runChecks<Context>(
  checks: ReadonlyArray<Check<Context>>,
  context: Context,
  { budget, signal, grep, secrets = [] }: RunOptions,
): Promise<CheckRecord[]> {
  const chosen = checks.filter((check) => grep === undefined || new RegExp(grep).test(nameOf(check)));
  if (chosen.length === 0) throw new HarnessError(`No check matches --grep ${grep}. Leave it out to see their names.`);
  const end = new AbortController();
  const over = AbortSignal.any([signal, end.signal]);
  const inTime = delay(budget, undefined, { signal: over }).then(
    () => 'late' as const,
    () => 'late' as const,
  );
  const results = chosen.map(() => Promise.withResolvers<CheckRecord>());
  const queue = chosen.entries();
  const worker = async (): Promise<void> => {
    for (const [index, check] of queue) {
      const { promise, resolve, reject } = results[index]!;
      const ended = over.aborted ? unchecked(check) : Promise.race([recordOf(check, context), inTime]);
      await ended.then((record) => resolve(record === 'late' ? unchecked(check) : record), reject);
      await promise.catch(() => end.abort());
    }
  };
  const working = Promise.all(Array.from({ length: atOnce }, worker));
  const records: CheckRecord[] = [];
  try {
    for (const { promise } of results) {
      const record = printable(await promise, secrets);
      signal.throwIfAborted();
      records.push(record);
      const said = record.saw || (record.status === 'skipped' ? record.says.join(' ') : '');
      console.log(
        `${marks[record.status]} ${record.of.padEnd(8)} ${record.check}${said && styleText('dim', `  ${said}`)}`,
      );
    }
  } finally {
    end.abort();
    await working;
  }
  conclude(records, budget);
  return records;
}

function conclude(records: readonly CheckRecord[], budget: number): void {
  const of = (status: CheckRecord['status']) => records.filter((record) => record.status === status);
  const late = of('not checked');
  console.log('');
  if (late.length > 0)
    console.log(
      `The ${budget / 1_000} s for all checks were over before ${late.length} of them had ended. ` +
        'Look at what answers slowly above, or run fewer with --grep.',
    );
  // At the end, where they are looked for, and once: a host that is down fails each of its checks.
  for (const { sentence } of saidOnce(of('failed').flatMap(({ says }) => says)))
    console.log(`${marks.failed} ${sentence}`);
  const tail = late.length > 0 ? `, ${late.length} not checked` : '';
  console.log(`${of('passed').length} passed, ${of('failed').length} failed, ${of('skipped').length} skipped${tail}`);
}

/** The exit code of checks: what was not looked at is no verdict, unless something else failed. */
export function exitCodeOf(records: readonly CheckRecord[]): number {
  const has = (status: CheckRecord['status']): boolean => records.some((record) => record.status === status);
  if (has('failed')) return exitCodes.productFailed;
  if (has('not checked')) return exitCodes.harnessFailed;
  return has('passed') ? exitCodes.passed : exitCodes.cannotRunHere;
}

async function recordOf<Context>(check: Check<Context>, context: Context): Promise<CheckRecord> {
  const { of, title, skips, run } = check;
  const why = skips?.(context);
  if (why !== undefined) return { of, check: title, status: 'skipped', saw: '', says: [why], milliseconds: 0 };
  const startedAt = performance.now();
  const { saw, faults } = await run(context).catch((error: unknown) => {
    if (error instanceof CheckFailed || error instanceof Unreachable) return { saw: '', faults: [error.message] };
    throw error;
  });
  const milliseconds = Math.round(performance.now() - startedAt);
  return { of, check: title, status: faults.length > 0 ? 'failed' : 'passed', saw, says: [...faults], milliseconds };
}

const unchecked = async ({ of, title }: Pick<Check<unknown>, 'of' | 'title'>): Promise<CheckRecord> => ({
  of,
  check: title,
  status: 'not checked',
  saw: '',
  says: [],
  milliseconds: 0,
});

const printable = (record: CheckRecord, secrets: readonly string[]): CheckRecord => ({
  ...record,
  saw: redact(oneLine(record.saw), secrets),
  says: record.says.map((sentence) => redact(oneLine(sentence), secrets)),
});
