import { appNames, forEachApp, type AppName } from '../../apps/environment/apps.ts';
import { tally, type Sample } from '../../e2e/smoke/rules/settle.ts';
import { duration } from '../../fleet/duration.ts';

/** The observation of one app in one tick. */
export interface AppTick {
  samples: readonly Sample[];
  /** Sentences about sign-in and API. */
  failures: readonly string[];
}

export interface Tick {
  /** Milliseconds since the watch began. */
  at: number;
  apps: Readonly<Record<AppName, AppTick>>;
}

export interface Timeline {
  ticks: number;
  samples: Record<AppName, Sample[]>;
  /** How often each sentence occurred, and when it occurred first and last. */
  failures: Map<string, { times: number; first: number; last: number }>;
}

export const emptyTimeline = (): Timeline => ({ ticks: 0, samples: forEachApp(() => []), failures: new Map() });

/** What failed for an app in a tick, in sentences. */
export const failuresOf = ({ samples, failures }: AppTick): string[] => [
  ...samples.flatMap(({ failure }) => failure ?? []),
  ...failures,
];

export function noteTick(timeline: Timeline, { at, apps }: Tick): void {
  timeline.ticks += 1;
  for (const app of appNames) {
    timeline.samples[app].push(...apps[app].samples);
    for (const failure of failuresOf(apps[app])) {
      const known = timeline.failures.get(failure) ?? { times: 0, first: at, last: at };
      timeline.failures.set(failure, { times: known.times + 1, first: known.first, last: at });
    }
  }
}

const appArrived = (samples: readonly Sample[], sha: string, streak: number): boolean =>
  samples.length >= streak &&
  samples.slice(-streak).every(({ revision, failure }) => failure === undefined && revision === sha);

/** Whether the last answers of both apps all come from the expected revision. */
export const hasArrived = ({ samples }: Timeline, sha: string, streak: number): boolean =>
  appNames.every((app) => appArrived(samples[app], sha, streak));

const clock = (milliseconds: number): string => duration(milliseconds).padStart(10);

/** Revisions of a tick by number of responses. */
function revisionsOf(samples: readonly Sample[]): string {
  const counts = Map.groupBy(
    samples.filter(({ failure }) => failure === undefined),
    ({ revision }) => revision || 'unnamed',
  );
  return [...counts].map(([revision, its]) => `${revision} x ${its.length}`).join(' + ') || 'no answer';
}

/** `  12.0 s  operator 1.4.0 x 3 + 1.3.0 x 1 | portal 1.3.0 x 4 | ok`. */
export function lineOf({ at, apps }: Tick, sha: string | undefined): string {
  const failures = appNames.flatMap((app) => failuresOf(apps[app]));
  const columns = appNames.map((app) => {
    const isNew = sha !== undefined && apps[app].samples.every(({ revision }) => revision === sha);
    return `${app} ${revisionsOf(apps[app].samples)}${isNew ? ' ✓' : ''}`.padEnd(34);
  });
  const [first, ...others] = [...new Set(failures)];
  const state =
    first === undefined
      ? 'ok'
      : `${failures.length} failed: ${first}${others.length > 0 ? ` (and ${others.length} others)` : ''}`;
  return [clock(at), ...columns, state].join('  ');
}

/** The summary at the end of the watch, in sentences. */
export function summaryOf(
  { ticks, samples, failures }: Timeline,
  sha: string | undefined,
  streak: number,
): { text: string; passed: boolean } {
  const late = sha === undefined ? [] : appNames.filter((app) => !appArrived(samples[app], sha, streak));
  const lines = [
    `${ticks} looks; ${[...failures.values()].reduce((sum, { times }) => sum + times, 0)} failures.`,
    ...appNames.map(
      (app) => `  ${app}: ${tally(samples[app].filter(({ failure }) => failure === undefined)) || 'no answer'}`,
    ),
    ...[...failures].map(
      ([sentence, { times, first, last }]) =>
        `  ${times} x from ${clock(first).trim()} to ${clock(last).trim()}: ${sentence}`,
    ),
    ...late.map((app) => `  ${app} did not come to ${sha}: the last ${streak} answers are not all from it.`),
  ];
  return { text: lines.join('\n'), passed: ticks > 0 && failures.size === 0 && late.length === 0 };
}
