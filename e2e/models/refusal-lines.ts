import type { Fleet } from '../../fleet/engines/shared/engine.ts';
import { deadline } from '../deadline.ts';
import { expect } from '../matchers/index.ts';
import { sessionLines, type SessionLine } from './session-reports.ts';

/**
 * The lines about a refused request in the log of the pod that refused it. A cluster has them a moment after the response;
 * the last of them is about the request.
 */
export async function refusalLines(fleet: Fleet, pod: string, requestId: string): Promise<SessionLine[]> {
  let lines: SessionLine[] = [];
  const last = async () => {
    lines = (await sessionLines(fleet, pod)).filter((line) => line.requestId === requestId);
    return lines.at(-1)?.event;
  };
  await expect
    .poll(last, { message: `the last line about ${requestId} in the log of ${pod}`, timeout: deadline(5000) })
    .toBe('no-session');
  return lines;
}
