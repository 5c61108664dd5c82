import type { AppName } from '../../apps/environment/apps.ts';
import { settle, unanswered, type Sample, type Settled } from './rules/settle.ts';
import type { SignOutAddresses } from './rules/end-session.ts';
import type { Visitor } from './visitor.ts';

/** A pod's report at `/api/_health/ready`. */
export interface Readiness extends Sample, SignOutAddresses {
  driver: string;
}

/**
 * Requests readiness from the pod that the balancer chooses. A host without a response becomes a sample with a failure.
 */
export async function fetchReadiness(visitor: Visitor, app: AppName): Promise<Readiness> {
  try {
    const { status, headers, body } = await visitor.get(app, '/api/_health/ready');
    const report = jsonOf(body);
    return {
      pod: String(headers['x-served-by'] ?? ''),
      revision: String(headers['x-revision'] ?? ''),
      driver: String(report['driver'] ?? ''),
      endSessionUrl: report['endSessionUrl'],
      postLogoutRedirectUri: report['postLogoutRedirectUri'],
      ...(status === 200 ? {} : { failure: `${app} answers ${status} to GET /api/_health/ready.` }),
    };
  } catch (error) {
    return { ...unanswered(error), driver: '' };
  }
}

/** Requests readiness until all responses are from the expected revision, or from one revision. */
export const settleReadiness = (visitor: Visitor, app: AppName): Promise<Settled<Readiness>> => {
  const { sha, streak, wait } = visitor.target;
  return settle({ take: () => fetchReadiness(visitor, app), wanted: sha, streak, wait });
};

export interface Pods {
  /** The last response of each pod that is ready. */
  ready: readonly Readiness[];
  /** Sentences about failed responses. */
  faults: readonly string[];
}

/** Milliseconds for all of these requests; less than a test has. */
const maxRoundMs = 20_000;

/** Sends as many requests as a streak needs, and groups the responses by pod. */
export async function podsOf(visitor: Visitor, app: AppName): Promise<Pods> {
  const startedAt = performance.now();
  const samples: Readiness[] = [];
  const slow: string[] = [];
  for (let asked = 0; asked < visitor.target.streak; asked += 1) {
    const sample = await fetchReadiness(visitor, app);
    samples.push(sample);
    // No twenty requests to a host that is down.
    if (sample.failure !== undefined && sample.pod === '') break;
    if (performance.now() - startedAt > maxRoundMs) {
      slow.push(
        `${app} gave ${samples.length} of ${visitor.target.streak} answers in ${maxRoundMs / 1_000} s: look at the load of its pods.`,
      );
      break;
    }
  }
  const ready = samples.filter(({ failure }) => failure === undefined);
  return {
    ready: [...new Map(ready.map((sample) => [sample.pod, sample])).values()],
    faults: [...new Set(samples.flatMap(({ failure }) => failure ?? [])), ...slow],
  };
}

function jsonOf(body: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {}; // The response is not the app's; its status is enough.
  }
}
