import { httpsOf } from '../../fleet/hosts.ts';
import { until } from '../../fleet/until.ts';
import { deadline } from '../deadline.ts';
import { answerOf, describeAnswer } from '../matchers/answers.ts';
import { seriesOf } from '../models/session-reports.ts';
import type { Effects } from './oracle.ts';
import { tellsOf } from './tells.ts';
import type { World } from './world.ts';

/** What a process of a pod has reported so far. */
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

/** Milliseconds for which a line that clients can cause stands also for what happens again. */
const lineStandsFor = 1000;

const isRecent = (line: string): boolean =>
  Date.now() - Date.parse(/"time":"([^"]+)"/.exec(line)?.[1] ?? '') < lineStandsFor;

const counts = (series: RegExp, counted: Reported['counted'] = {}): number =>
  Object.entries(counted).reduce((sum, [name, count]) => sum + (series.test(name) ? count : 0), 0);

/** What is missing of the reports about something that a user saw. */
function missingIn(before: ReportedByPods, recent: readonly string[], after: ReportedByPods, what: string) {
  // A process that has ended takes its counters with it.
  if (![...before.keys()].every((pod) => after.has(pod))) return [];
  const { lines = [], counts: series = [] } = tellsOf(what);
  const written = [...recent, ...[...after].flatMap(([pod, its]) => its.lines.slice(before.get(pod)?.lines.length))];
  return [
    ...series
      .filter(
        (each) => ![...after].some(([pod, its]) => counts(each, its.counted) > counts(each, before.get(pod)?.counted)),
      )
      .map((each) => `${what}: no pod has counted ${each.source}`),
    ...lines
      .filter((each) => !written.some((line) => each.test(line)))
      .map((each) => `${what}: no pod has ${each.source} in its log`),
  ];
}

/**
 * Notes what the pods have reported before a fault. @returns what is missing of the reports about all that users saw: the
 * table of `tells.ts`. A log may be read a moment late.
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
