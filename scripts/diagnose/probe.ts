import { z } from 'zod';
import { appNames, sessionApp, type AppName } from '../../apps/environment/apps.ts';
import type { Visitor } from '../../e2e/smoke/visitor.ts';
import type { Answer } from '../../fleet/engines/live/live.ts';
import { Unreachable } from '../../fleet/engines/live/unreachable.ts';
import { podName, revisionName } from '../shared/names-in-headers.ts';
import { probes, type ProbeName, type Sample } from './sample.ts';

/** What sends the requests. */
export type Client = Pick<Visitor, 'get'>;

/** A session of each app that may be used, as a `cookie` header. */
export type Sessions = Partial<Record<AppName, string>>;

/** Headers that differ between answers for good reasons, or that are told anyway. */
const varying =
  /^(?:date|age|etag|content-length|set-cookie|location|content-security-policy|x-served-by|x-revision|connection|keep-alive|transfer-encoding)$/;

/** Of the report of a pod about itself. */
const toldByHeaders: ReadonlySet<string> = new Set(['pod', 'revision']);

/** Asks each app everything once. Every request is a GET of the smoke test's list. @param number of the round, from 0. */
export async function round(
  client: Client,
  sessions: Sessions,
  { number, startedAt }: { number: number; startedAt: number },
): Promise<Sample[]> {
  const asked = appNames.flatMap((app): Array<Promise<Sample>> => {
    const session = sessions[app];
    const names: ProbeName[] = [
      'ready',
      'stranger',
      'sign-in',
      ...(session === undefined ? [] : (['session'] as const)),
    ];
    // A balancer that takes its pods in turn would otherwise answer the same probe with the same pod in every round.
    const first = number % names.length;
    return [...names.slice(first), ...names.slice(0, first)].map((probe) =>
      take(client, { app, probe, session }, startedAt),
    );
  });
  return Promise.all([...asked, take(client, { app: 'auth', probe: 'discovery', session: undefined }, startedAt)]);
}

const pathOf = (app: Sample['app'], probe: ProbeName): string => {
  if (app === 'auth') return `/application/o/${appNames[0]}/.well-known/openid-configuration`;
  if (probe === 'sign-in') return '/auth/oidc/login';
  return probe === 'ready' ? sessionApp[app].health.ready : sessionApp[app].api[0];
};

async function take(
  client: Client,
  { app, probe, session }: { app: Sample['app']; probe: ProbeName; session: string | undefined },
  startedAt: number,
): Promise<Sample> {
  const at = performance.now() - startedAt;
  const cookie = probe === 'session' && session ? { headers: { cookie: session } } : {};
  try {
    const answer = await client.get(app, pathOf(app, probe), cookie);
    const { status, headers } = answer;
    const report = probe === 'ready' ? reportIn(answer.body) : {};
    return {
      at,
      app,
      probe,
      // A sign-in may be answered with another redirect.
      status: probe === 'sign-in' && headers.location !== undefined ? probes['sign-in'].wanted : status,
      pod: podName(String(headers['x-served-by'] ?? report['pod'] ?? '')) ?? '',
      revision: revisionName(String(headers['x-revision'] ?? report['revision'] ?? '')) ?? '',
      facts: { ...factsIn(probe, answer, report), ...headerFacts(probe, answer) },
    };
  } catch (error) {
    if (!(error instanceof Unreachable)) throw error;
    return { at, app, probe, status: 0, pod: '', revision: '', facts: {}, failure: error.message };
  }
}

/** What a pod says about itself, and where it sends people to sign in. */
function factsIn(
  probe: ProbeName,
  { headers }: Answer,
  report: Readonly<Record<string, unknown>>,
): Record<string, string> {
  if (probe === 'sign-in') {
    const to = URL.parse(headers.location ?? '');
    return to ? { 'address of the sign-in': to.origin + to.pathname } : {};
  }
  return Object.fromEntries(
    Object.entries(report).flatMap(([name, value]) =>
      typeof value === 'object' || toldByHeaders.has(name) ? [] : [[name, String(value)]],
    ),
  );
}

const reportSchema = z.record(z.string(), z.unknown());

/** The report of a pod about itself, or that the body is none. */
function reportIn(body: string): Readonly<Record<string, unknown>> {
  try {
    return reportSchema.parse(JSON.parse(body));
  } catch {
    return { body: 'no report' };
  }
}

const headerFacts = (probe: ProbeName, { headers }: Answer): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers)
      .filter(([name]) => !varying.test(name))
      .map(([name, value]) => [`header ${name} of ${probes[probe].asks}`, [value ?? ''].flat().join(', ')]),
  );
