import type { AppName } from '../../apps/environment/apps.ts';

/** What a probe asks, and the status that it should be answered with. */
export const probes = {
  ready: { asks: 'GET /api/_health/ready', wanted: 200 },
  session: { asks: 'GET /api/me with a session', wanted: 200 },
  stranger: { asks: 'GET /api/me without a session', wanted: 401 },
  'sign-in': { asks: 'GET /auth/oidc/login', wanted: 302 },
  discovery: { asks: 'GET its discovery document', wanted: 200 },
} as const;
export type ProbeName = keyof typeof probes;

/** One answer of a deployed fleet. */
export interface Sample {
  /** Milliseconds since the first probe. */
  at: number;
  /** `auth`: Authentik. */
  app: AppName | 'auth';
  probe: ProbeName;
  /** 0: no answer came. */
  status: number;
  /** Empty strings for what the answer does not name. */
  pod: string;
  revision: string;
  /** Facts about the pod or its answer that should be the same for every pod. */
  facts: Readonly<Record<string, string>>;
  /** A sentence, when no answer came. */
  failure?: string;
}
