import type { Fleet } from '../../fleet/engines/shared/engine.ts';

/** A line of an app's log about a session (apps/base/server/sessions/session-log.ts). */
export interface SessionLine {
  event: 'session-end' | 'no-session' | 'sign-in';
  reason?: string;
  outcome?: string;
  app: string;
  pod: string;
  requestId: string;
  session?: string;
  user?: string;
}

/** The lines about sessions in a pod's log, of one request if given. */
export async function sessionLines(fleet: Fleet, pod: string, requestId?: string): Promise<SessionLine[]> {
  const lines = (await fleet.logs(pod)).flatMap((line) => {
    try {
      const parsed = JSON.parse(line) as SessionLine;
      return typeof parsed === 'object' && 'event' in parsed ? [parsed] : [];
    } catch {
      return [];
    }
  });
  return requestId === undefined ? lines : lines.filter((line) => line.requestId === requestId);
}
