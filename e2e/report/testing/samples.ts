import type { LedgerRow } from '../../../fleet/edge/row.ts';
import type { TestOutcome } from '../outcome.ts';
import type { Mark, Timeline } from '../timeline.ts';
import type { RegressionCause, ReportedTest, RunReport, TestFailure } from '../report.ts';

export const sampleMark = (change: Partial<Mark> = {}): Mark => ({
  at: 0,
  ms: 10,
  lane: 'operator-a',
  from: 'browser',
  method: 'GET',
  host: 'operator.fleet.example',
  path: '/api/me',
  status: 200,
  revision: '1.0.0',
  reason: '',
  location: '',
  session: '48e9a6e6a14e',
  error: '',
  ...change,
});

export const sampleRow = (change: Partial<LedgerRow> = {}): LedgerRow => ({
  seq: 1,
  at: 1_000,
  ms: 5.4,
  client: 'me',
  kind: 'browser',
  method: 'GET',
  url: 'https://operator.fleet.example/api/me?code=secret',
  status: 200,
  service: 'operator',
  pod: 'operator-a',
  servedBy: 'operator-a',
  revision: '1.0.0',
  reason: '',
  location: '',
  requestId: '',
  session: 'abc',
  pinned: false,
  cookies: [],
  outcome: 'proxied',
  error: '',
  ...change,
});

export const sampleOutcome = (change: Partial<TestOutcome> = {}): TestOutcome => ({
  spec: 'session/a.spec.ts',
  title: 'claim',
  line: 1,
  tags: [],
  requirements: [],
  status: 'passed',
  endedAt: 0,
  message: '',
  from: 'test',
  at: [],
  ...change,
});

/** A sign-in on one pod, calls that the other one refuses, and a sign-out that leaves the fleet. */
export const sampleTimeline = (calls = 20): Timeline => ({
  ms: 44_900,
  marks: [
    sampleMark({ path: '/auth/oidc/callback', status: 302 }),
    ...Array.from({ length: calls }, (_, call) =>
      sampleMark({ at: 300 + call * 40, from: 'api', ...(call % 2 === 0 ? {} : { lane: 'operator-b', status: 401 }) }),
    ),
    sampleMark({ at: 420 + calls * 40, host: 'auth.fleet.local', lane: 'outside the fleet', status: 421 }),
  ],
  hosts: ['operator.fleet.example', 'auth.fleet.example'],
  bands: [{ kind: 'rollout', label: 'rollout of operator', at: 200, ms: 500 }],
  leftOut: 12,
});

export const sampleFailure: TestFailure = {
  saw: '10 of 20 requests failed: 10 x 401 by operator-b',
  message: 'Error: 10 of 20 requests failed <script>alert(1)</script>',
  at: 'session/cross-pod.spec.ts:57:22',
  evidence: ['GET operator.fleet.example/api/me was answered 401 by operator-b (1.0.0), 10 times, last at 1.1 s'],
  kind: '401, session missing, from operator.fleet.example',
  again: [`npm run e2e -- session/cross-pod.spec.ts --grep '40 calls'`],
  by: ['operator-b'],
  files: { trace: 'test-results/a/trace.zip', screenshot: 'test-results/a/test-failed-1.png' },
};

export const cause: RegressionCause = {
  regression: 'memory-sessions',
  title: 'Sessions are kept in the memory of each pod',
  explanation: 'Every other pod has the cookie but not the tokens.',
};

export const reportedTest = (change: Partial<ReportedTest> = {}): ReportedTest => ({
  id: 'test-1',
  spec: 'session/cross-pod.spec.ts',
  title: 'operator: 40 balanced API calls: no 401',
  tags: ['memory-sessions'],
  requirements: ['STANDARD 1.1'],
  cells: ['the store hangs: in a call: 503'],
  status: 'passed',
  milliseconds: 3_900,
  timeline: sampleTimeline(),
  ...change,
});

export const report = (tests: ReportedTest[], causes: RegressionCause[] = []): RunReport => ({
  startedAt: '2026-01-02T03:04:05.000Z',
  seconds: 61,
  engine: 'local',
  workers: 2,
  versions: { Redis: '7.4.9', Nuxt: '4.5.2' },
  verdict: {
    passed: tests.filter(({ status }) => status === 'passed').length,
    failed: tests.filter(({ status }) => status === 'failed').length,
    skipped: tests.filter(({ status }) => status === 'skipped').length,
    harnessFaults: 0,
    errors: [],
  },
  sentence: 'A sentence.',
  causes,
  tests,
  requirements: { 'STANDARD 1.1': 'What is loaded is what was saved.', 'STANDARD 1.2': 'Nothing is lost.' },
  source: '../../',
});
