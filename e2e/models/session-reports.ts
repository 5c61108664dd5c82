import { z } from 'zod';
import type { Fleet } from '../../fleet/engines/shared/engine.ts';

const events = z.enum(['session-end', 'no-session', 'sign-in']);
/** Names are printed in terminals. */
const name = z.string().regex(/^[\w.-]{0,253}$/);

const lineSchema = z.object({
  time: z.iso.datetime(),
  event: events,
  reason: name.optional(),
  outcome: name.optional(),
  /** How many requests the line stands for, when it is more than one. */
  count: z.int().positive().optional(),
  app: name,
  pod: name.optional(),
  requestId: z.string().optional(),
  session: z.string().optional(),
  user: z.string().optional(),
});
/** A line of an app's log about a session (apps/base/server/sessions/session-log.ts). */
export type SessionLine = z.infer<typeof lineSchema>;

/**
 * The lines about sessions in a log, and how many are not as the apps write them. Text before the JSON of a line is
 * ignored: `kubectl logs --prefix` writes the name of the pod there.
 */
export function sessionLinesIn(log: readonly string[]): { lines: SessionLine[]; unfit: number } {
  const results = log.flatMap((line) => {
    try {
      const parsed: unknown = JSON.parse(line.slice(line.indexOf('{')));
      return z.object({ event: events }).safeParse(parsed).success ? [lineSchema.safeParse(parsed)] : [];
    } catch {
      return [];
    }
  });
  const lines = results.flatMap(({ data }) => data ?? []);
  return { lines, unfit: results.length - lines.length };
}

/** The lines about sessions in a pod's log. */
export const sessionLines = async (fleet: Fleet, pod: string): Promise<SessionLine[]> =>
  sessionLinesIn(await fleet.logs(pod)).lines;

/** What a pod counts, by series (`name{label="value"}`). */
export async function seriesOf(fleet: Fleet, pod: string): Promise<Record<string, number>> {
  const samples = (await fleet.metrics(pod)).matchAll(/^(\w+\{.*\}) (\S+)$/gm);
  return Object.fromEntries([...samples].map(([, series, value]) => [series, Number(value)]));
}

/** The values of a counter by the values of its labels, from a pod's metrics (Prometheus text format 0.0.4). */
export async function metric(fleet: Fleet, pod: string, name: string): Promise<Record<string, number>> {
  const valuesOf = (series: string): string => [...series.matchAll(/"([^"]*)"/g)].map(([, value]) => value).join(' ');
  const its = Object.entries(await seriesOf(fleet, pod)).filter(([series]) => series.startsWith(`${name}{`));
  return Object.fromEntries(its.map(([series, value]) => [valuesOf(series), value]));
}
