import { Counter, Histogram, Registry } from 'prom-client';
import { signInFailures } from '../../shared/utils/sign-in-failures.ts';
import { reasonNames, sessionReasons } from '../../../environment/session-reasons.ts';

export const registry = new Registry();

const registers = [registry];

const counter = <Label extends string>(name: string, help: string, ...labelNames: Label[]) =>
  new Counter({ name, help, labelNames, registers });

/** What the app counts, in Prometheus' names: base units, and `_total` for counters. */
export const metrics = {
  sessionEnds: counter('dezky_session_ends_total', 'Sessions that this pod ended, by reason.', 'reason'),
  refusals: counter(
    'dezky_requests_without_session_total',
    'Requests that need a session and had none, by reason.',
    'reason',
  ),
  signIns: counter('dezky_sign_ins_total', 'Sign-ins that came back from Authentik, by outcome.', 'outcome'),
  refreshes: new Histogram({
    name: 'dezky_token_refresh_seconds',
    help: 'Renewals of tokens, by outcome, without the wait for the lock.',
    labelNames: ['outcome'],
    buckets: [0.05, 0.25, 1, 4, 15, 60],
    registers,
  }),
  lockWaits: new Histogram({
    name: 'dezky_refresh_lock_wait_seconds',
    help: 'How long a refresh waited for the lock of its session.',
    buckets: [0.005, 0.05, 0.25, 1, 4],
    registers,
  }),
  storeErrors: counter(
    'dezky_session_store_errors_total',
    'Commands that the session store did not answer or refused, by kind.',
    'kind',
  ),
  requests: counter('dezky_http_requests_total', 'Responses, by what was served and by status.', 'route', 'status'),
} as const;

// A pod without a value would be missing where an alert compares pods, and a rate does not see a counter's first value.
for (const reason of reasonNames) {
  metrics.refusals.inc({ reason }, 0);
  if (sessionReasons[reason].remembered) metrics.sessionEnds.inc({ reason }, 0);
}
for (const outcome of ['signed-in', ...Object.keys(signInFailures)]) metrics.signIns.inc({ outcome }, 0);
for (const outcome of ['fresh', 'ended', 'unavailable', 'failed', 'refused']) metrics.refreshes.zero({ outcome });
for (const kind of ['read', 'write']) metrics.storeErrors.inc({ kind }, 0);

/** Runs a renewal of tokens and observes its outcome and duration, also when it throws. */
export const observedRefresh = async <Result extends { outcome: string; reason?: string }>(
  refresh: () => Promise<Result>,
): Promise<Result> => {
  const observe = metrics.refreshes.startTimer();
  let outcome = 'failed';
  try {
    const result = await refresh();
    outcome = (result.outcome === 'over' ? result.reason : undefined) ?? result.outcome;
    return result;
  } finally {
    observe({ outcome });
  }
};
