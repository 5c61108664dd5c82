import { httpsOf } from '../../fleet/hosts.ts';
import { until } from '../../fleet/until.ts';
import { deadline } from '../deadline.ts';
import { answerOf, describeAnswer } from '../matchers/answers.ts';
import { seriesOf } from '../models/session-reports.ts';
import type { Effects } from './oracle.ts';
import { isSelected, signalsOf } from './signals.ts';
import type { World } from './world.ts';

/** Counters and log of a process so far. */
interface Reported {
  counted: Readonly<Record<string, number>>;
  lines: readonly string[];
}

async function reportedBy({ fleet, appName, otherApp }: World): Promise<ReadonlyMap<string, Reported>> {
  const pods = (await Promise.all([appName, otherApp].map((name) => fleet.pods(name)))).flat();
  const ready = pods.filter((pod) => pod.ready);
  return new Map(
    await Promise.all(
      ready.map(async ({ name, restarts }): Promise<[string, Reported]> => {
        const [counted, lines] = await Promise.all([
          seriesOf(fleet, name).catch(() => ({})),
          fleet.logs(name).catch(() => []),
        ]);
        return [`${name} ${restarts}`, { counted, lines }];
      }),
    ),
  );
}

type ReportedByPods = Awaited<ReturnType<typeof reportedBy>>;

/** The apps log an event that clients can cause at most once per this many milliseconds. */
const logIntervalMs = 1000;

const isRecent = (line: string): boolean =>
  Date.now() - Date.parse(/"time":"([^"]+)"/.exec(line)?.[1] ?? '') < logIntervalMs;

type Picks = (series: string) => boolean;

const counts = (picks: Picks, counted: Reported['counted'] = {}): number =>
  Object.entries(counted).reduce((sum, [series, count]) => sum + (picks(series) ? count : 0), 0);

/** The signals of an outcome that are missing. */
function missingIn(before: ReportedByPods, recent: readonly string[], after: ReportedByPods, what: string) {
  // A process that has ended takes its counters with it.
  if (![...before.keys()].every((pod) => after.has(pod))) return [];
  const { lines = [], counts: series = [], alert } = signalsOf(what);
  const counters: ReadonlyArray<readonly [told: string, picks: Picks]> = [
    ...series.map((each) => [each.source, (name: string) => each.test(name)] as const),
    ...(alert ? [[`${alert.on}, for ${alert.name}`, (name: string) => isSelected(alert.on, name)] as const] : []),
  ];
  const written = [...recent, ...[...after].flatMap(([pod, its]) => its.lines.slice(before.get(pod)?.lines.length))];
  return [
    ...counters
      .filter(
        ([, picks]) =>
          ![...after].some(([pod, its]) => counts(picks, its.counted) > counts(picks, before.get(pod)?.counted)),
      )
      .map(([told]) => `${what}: no pod has counted ${told}`),
    ...lines
      .filter((each) => !written.some((line) => each.test(line)))
      .map((each) => `${what}: no pod has ${each.source} in its log`),
  ];
}

/**
 * Reads counters and logs before a fault is injected. @returns the signals (`signals.ts`) that are missing for the outcomes
 * that users saw. A log may be read a moment late.
 */
export async function missingTelemetry(
  world: World,
): Promise<(seen: readonly string[]) => Promise<(what: string) => string[]>> {
  const before = await reportedBy(world);
  const recent = [...before.values()].flatMap(({ lines }) => lines.filter(isRecent));
  return async (seen) => {
    let after = before;
    const missing = (what: string) => missingIn(before, recent, after, what);
    const areComplete = async () => {
      after = await reportedBy(world);
      return seen.every((what) => missing(what).length === 0);
    };
    await until(areComplete, { timeoutMs: deadline(10_000), intervalMs: 200, failure: () => new Error() }).catch(
      () => {},
    );
    return missing;
  };
}

/** What is wrong with the readiness of platform-api, in a fault of something else. */
export async function readinessOf(
  { breaks = [], degrades = [] }: Effects,
  { fleet, newRequests }: World,
): Promise<string[]> {
  if ([...breaks, ...degrades].includes('platform-api')) return [];
  const health = await (await newRequests()).get(`${httpsOf(fleet.hosts.api)}/health/ready`);
  return health.ok() ? [] : [`platform-api is not Ready: ${describeAnswer(await answerOf(health))}`];
}
