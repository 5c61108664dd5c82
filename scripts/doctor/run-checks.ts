import { setTimeout as delay } from 'node:timers/promises';
import { styleText } from 'node:util';
import { CheckFailed, nameOf, type Check } from '../../e2e/probes/check.ts';
import { Slow } from '../../e2e/probes/rules/in-time.ts';
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

/** The most characters of a text of a result; a server may send any number. */
const mostCharacters = 1_000;

const notLookedAt = 'After the first answer that came too late nothing else was looked at for';

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
 * Runs the checks of each host, the hosts side by side, prints a line for each in their order, and at the end each fault once.
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
  const tooLate = delay(budget, undefined, { signal: over }).catch(() => {});
  // Each further check would wait as long, and say the same.
  const late = new Set<string>();
  const resultOf = (check: Check<Context>): CheckRecord | Promise<CheckRecord> => {
    const why = check.skips?.(context);
    if (why !== undefined) return recordWith(check, 'skipped', why);
    if (late.has(check.of)) return recordWith(check, 'not checked', `${notLookedAt} ${check.of}.`);
    const unchecked = recordWith(check, 'not checked');
    if (over.aborted) return unchecked;
    const result = recordOf(check, context, () => late.add(check.of));
    return Promise.race([result, tooLate.then(() => unchecked)]);
  };
  // One after the other for each host: side by side they could take turns in step with its balancer, so that a check only
  // ever meets one pod.
  const lanes = new Map<string, Promise<unknown>>();
  const results = chosen.map((check) => {
    const result = (lanes.get(check.of) ?? Promise.resolve()).then(() => resultOf(check));
    const ended = result.catch(() => end.abort());
    lanes.set(check.of, ended);
    return result;
  });
  const records: CheckRecord[] = [];
  try {
    for (const result of results) {
      const record = printable(await result, secrets);
      signal.throwIfAborted();
      records.push(record);
      const said = record.saw || (record.status === 'skipped' ? record.says.join(' ') : '');
      console.log(
        `${marks[record.status]} ${record.of.padEnd(8)} ${record.check}${said && styleText('dim', `  ${said}`)}`,
      );
    }
  } finally {
    end.abort();
    await Promise.all(lanes.values());
  }
  conclude(records, budget);
  return records;
}

function conclude(records: readonly CheckRecord[], budget: number): void {
  const of = (status: CheckRecord['status']) => records.filter((record) => record.status === status);
  const unknown = of('not checked');
  const late = unknown.filter(({ says }) => says.length === 0);
  console.log('');
  for (const sentence of new Set(unknown.flatMap(({ says }) => says))) console.log(`? ${sentence}`);
  if (late.length > 0)
    console.log(
      `The ${budget / 1_000} s for all checks were over before ${late.length} of ${[...new Set(late.map(({ of: host }) => host))].join(', ')} had ended. ` +
        'Look what answers slowly there, or run fewer with --grep.',
    );
  // At the end, where they are looked for, and once: a host that is down fails each of its checks.
  for (const { sentence } of saidOnce(of('failed').flatMap(({ says }) => says)))
    console.log(`${marks.failed} ${sentence}`);
  const tail = unknown.length > 0 ? `, ${unknown.length} not checked` : '';
  console.log(`${of('passed').length} passed, ${of('failed').length} failed, ${of('skipped').length} skipped${tail}`);
}

/** The exit code of checks: what was not looked at is no verdict, unless something else failed. */
export function exitCodeOf(records: readonly CheckRecord[]): number {
  const has = (status: CheckRecord['status']): boolean => records.some((record) => record.status === status);
  if (has('failed')) return exitCodes.productFailed;
  if (has('not checked')) return exitCodes.harnessFailed;
  return has('passed') ? exitCodes.passed : exitCodes.cannotRunHere;
}

/** That a check has not run, or not to its end. */
const recordWith = (
  { of, title }: Pick<Check<unknown>, 'of' | 'title'>,
  status: CheckRecord['status'],
  ...says: string[]
): CheckRecord => ({ of, check: title, status, saw: '', says, milliseconds: 0 });

/** @throws HarnessError. An error of the check itself costs no other. */
async function recordOf<Context>(check: Check<Context>, context: Context, onLate: () => void): Promise<CheckRecord> {
  const startedAt = performance.now();
  try {
    const { saw, faults, skipped } = await check.run(context);
    if (skipped !== undefined) return recordWith(check, 'skipped', skipped);
    const milliseconds = Math.round(performance.now() - startedAt);
    return { ...recordWith(check, faults.length > 0 ? 'failed' : 'passed', ...faults), saw, milliseconds };
  } catch (error) {
    if (error instanceof HarnessError) throw error;
    if (error instanceof Slow || (error instanceof Unreachable && error.isLate)) onLate();
    if (error instanceof CheckFailed || error instanceof Unreachable) return recordWith(check, 'failed', error.message);
    const itself = `The check itself failed, which says nothing about ${check.of}: ${String(error)}`;
    return recordWith(check, 'not checked', itself);
  }
}

const printable = (record: CheckRecord, secrets: readonly string[]): CheckRecord => ({
  ...record,
  saw: shortened(redact(oneLine(record.saw), secrets)),
  says: record.says.map((sentence) => shortened(redact(oneLine(sentence), secrets))),
});

const shortened = (text: string): string =>
  text.length > mostCharacters ? `${text.slice(0, mostCharacters)} … (${text.length} characters)` : text;
