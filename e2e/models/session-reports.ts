import type { Fleet } from '../../fleet/engines/shared/engine.ts';

/** A line of an app's log about a session (apps/base/server/sessions/session-log.ts). */
export interface SessionLine {
  time: string;
  event: 'session-end' | 'no-session' | 'sign-in';
  reason?: string;
  outcome?: string;
  /** How many requests the line stands for, when it is more than one. */
  count?: number;
  app: string;
  pod: string;
  requestId: string;
  session?: string;
  user?: string;
}

/** The lines about sessions in a log. Before the JSON of each may be what `kubectl logs --prefix` writes there. */
export const sessionLinesIn = (log: readonly string[]): SessionLine[] =>
  log.flatMap((line) => {
    try {
      const parsed = JSON.parse(line.slice(line.indexOf('{'))) as SessionLine;
      return ['session-end', 'no-session', 'sign-in'].includes(parsed.event) ? [parsed] : [];
    } catch {
      return [];
    }
  });

/** The lines about sessions in a pod's log, of one request if given. */
export async function sessionLines(fleet: Fleet, pod: string, requestId?: string): Promise<SessionLine[]> {
  const lines = sessionLinesIn(await fleet.logs(pod));
  return requestId === undefined ? lines : lines.filter((line) => line.requestId === requestId);
}

/** The values of a counter by the values of its labels, from a pod's metrics (Prometheus text format 0.0.4). */
export async function metric(fleet: Fleet, pod: string, name: string): Promise<Record<string, number>> {
  const text = await fleet.metrics(pod);
  const samples = text.matchAll(new RegExp(String.raw`^${name}\{(.*)\} (\S+)$`, 'gm'));
  const valuesOf = (labels: string): string => [...labels.matchAll(/"([^"]*)"/g)].map(([, value]) => value).join(' ');
  return Object.fromEntries([...samples].map(([, labels = '', value]) => [valuesOf(labels), Number(value)]));
}
