import type { H3Event } from 'h3';
import { metrics } from '../metrics/metrics.ts';
import { labelOf } from '../settings/session-keys.ts';
import type { SessionReason } from '../../../environment/session-reasons.ts';

/** What a line of the log says about a session. It has no token and no name. */
interface SessionEvent {
  event: 'session-end' | 'no-session' | 'sign-in';
  reason?: SessionReason;
  outcome?: string;
  /** Id of the session. Only its label is logged. */
  id?: string | undefined;
  /** The index keys of the session (session-keys.ts). The hash of the user is one of them. */
  names?: readonly string[] | undefined;
}

/** Milliseconds between two lines of a kind about the same session, or about requests without one. */
const interval = 1000;

/** When the last line of a kind was written, and how many requests were only counted since. */
const written = new Map<string, { at: number; skipped: number }>();

/** How many lines of a kind this one stands for; undefined when it is too early for another one. */
export const linesSince = (kind: string, now = performance.now()): number | undefined => {
  const last = written.get(kind) ?? { at: -Infinity, skipped: 0 };
  if (now - last.at < interval) {
    last.skipped += 1;
    return undefined;
  }
  if (written.size >= maxKinds) written.clear();
  written.set(kind, { at: now, skipped: 0 });
  return last.skipped + 1;
};

/** More kinds of lines than this are not counted one by one. */
const maxKinds = 10_000;

/** Writes one line of JSON about a session. Lines that a client can cause again and again are written once per second. */
const write = (event: H3Event, { id, names, ...facts }: SessionEvent, isLimited: boolean): void => {
  const session = id === undefined ? undefined : labelOf(id);
  const kind = `${facts.event} ${facts.reason ?? facts.outcome} ${session}`;
  const count = isLimited ? linesSince(kind) : 1;
  if (count === undefined) return;
  const user = names?.find((name) => name.startsWith('sub:'))?.slice(4, 16);
  console.log(
    JSON.stringify({
      time: new Date().toISOString(),
      ...facts,
      ...(count > 1 && { count }),
      app: useRuntimeConfig().public.app.name,
      pod: process.env.POD_NAME,
      revision: process.env.REVISION,
      requestId: event.context.requestId,
      session,
      user,
    }),
  );
};

export const logSessionEnd = (
  event: H3Event,
  session: { reason: SessionReason; id: string; names?: readonly string[] | undefined },
): void => {
  metrics.sessionEnds.inc({ reason: session.reason });
  write(event, { event: 'session-end', ...session }, false);
};

/** A request was refused, because it has no session. */
export const logNoSession = (event: H3Event, reason: SessionReason, id?: string): void => {
  metrics.refusals.inc({ reason });
  write(event, { event: 'no-session', reason, id }, true);
};

/** A sign-in ended: `signed-in`, or the failure that the user sees. */
export const logSignIn = (event: H3Event, outcome: string, session: Pick<SessionEvent, 'id' | 'names'> = {}): void => {
  metrics.signIns.inc({ outcome });
  write(event, { event: 'sign-in', outcome, ...session }, outcome !== 'signed-in');
};
