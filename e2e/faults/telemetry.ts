import { reasonNamed, sessionReasons } from '../../apps/environment/session-reasons.ts';
import { httpsOf } from '../../fleet/hosts.ts';
import { until } from '../../fleet/until.ts';
import { deadline } from '../deadline.ts';
import { answerOf, describeAnswer } from '../matchers/answers.ts';
import { metric } from '../models/session-reports.ts';
import type { Effects, Seen } from './oracle.ts';
import type { World } from './world.ts';

const refusals = 'dezky_requests_without_session_total';

/** What a pod has reported so far: its counter of refusals by reason, and how long its log is. */
interface Reported {
  counted: Readonly<Record<string, number>>;
  lines: readonly string[];
}

async function reportedBy({ fleet, appName, otherApp }: World): Promise<ReadonlyMap<string, Reported>> {
  const pods = (await Promise.all([appName, otherApp].map((name) => fleet.pods(name)))).flat();
  const ready = pods.filter((pod) => pod.ready);
  return new Map(
    await Promise.all(
      ready.map(async ({ name }): Promise<[string, Reported]> => {
        const [counted, lines] = await Promise.all([
          metric(fleet, name, refusals).catch(() => ({})),
          fleet.logs(name).catch(() => []),
        ]);
        return [name, { counted, lines }];
      }),
    ),
  );
}

type ReportedByPods = Awaited<ReturnType<typeof reportedBy>>;

/** What is missing of the reports about something that a user saw. */
function missingIn(before: ReportedByPods, after: ReportedByPods, what: Seen): string[] {
  const reason = reasonNamed(/^503 (\S+)/.exec(what)?.[1] ?? '');
  // A pod that has ended takes its counters with it.
  if (!reason || ![...before.keys()].every((pod) => after.has(pod))) return [];
  const counts = [...after].some(
    ([pod, { counted }]) => (counted[reason] ?? 0) > (before.get(pod)?.counted[reason] ?? 0),
  );
  const lines = [...after].flatMap(([pod, its]) => its.lines.slice(before.get(pod)?.lines.length ?? 0));
  const texts = [`"reason":"${reason}"`, ...(reason === 'not-renewed' ? ['Tokens could not be renewed'] : [])];
  return [
    ...(counts ? [] : [`no pod has counted ${reason} in ${refusals}`]),
    ...texts
      .filter((text) => !lines.some((line) => line.includes(text)))
      .map((text) => `no pod has ${text} in its log`),
    ...(sessionReasons[reason].alert === undefined ? [`no alert fires for ${reason}`] : []),
  ];
}

/**
 * Notes what the pods have reported before a fault. @returns what is missing of the reports about all that users saw: a
 * reason must be counted, in the log of a pod, and alarm somebody if it lasts. A log may be read a moment late.
 */
export async function missingTelemetry(
  world: World,
): Promise<(seen: readonly Seen[]) => Promise<(what: Seen) => string[]>> {
  const before = await reportedBy(world);
  return async (seen) => {
    let after = before;
    const areComplete = async () => {
      after = await reportedBy(world);
      return seen.every((what) => missingIn(before, after, what).length === 0);
    };
    await until(areComplete, { timeoutMs: deadline(10_000), intervalMs: 200, failure: () => new Error() }).catch(
      () => {},
    );
    return (what) => missingIn(before, after, what);
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
