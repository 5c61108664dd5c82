import type { Shard } from '../prove/shard.ts';
import { onlyLastFailed, rememberFailed } from '../runner/last-failed.ts';

/** The options of `npm run e2e` that are for the test runner. */
export interface RunnerSettings {
  grep?: string;
  repeatEach?: number;
  shard?: Shard;
  lastFailed?: true;
  trace?: string;
  /** A seed; true: a random one. */
  shuffle?: number | true;
}

/** Arguments of the test runner: those that select tests, and all. @param specs files or folders. */
export function runnerArguments(
  specs: readonly string[],
  { grep, repeatEach, shard, lastFailed, trace, shuffle }: RunnerSettings,
): { selection: string[]; all: string[] } {
  const selection = [
    ...specs,
    ...(grep ? ['--grep', grep] : []),
    ...(repeatEach ? ['--repeat-each', String(repeatEach)] : []),
    ...(shard ? [`--shard=${shard.index}/${shard.count}`] : []),
    ...(lastFailed ? onlyLastFailed : []),
  ];
  const all = [
    ...selection,
    ...(lastFailed ? [] : rememberFailed),
    ...(trace ? ['--trace', trace] : []),
    ...(shuffle ? [typeof shuffle === 'number' ? `--shuffle=${shuffle}` : '--shuffle'] : []),
  ];
  return { selection, all };
}
