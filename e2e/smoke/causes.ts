import { styleText } from 'node:util';
import { appNames, type AppName } from '../../apps/environment/apps.ts';
import { duration } from '../../fleet/duration.ts';
import { probes, type ProbeAnswer, type ProbeName } from './probes.ts';

/** Something that is wrong with a deployed fleet, and why. */
export interface LikelyCause {
  /** A sentence that names app, pods and statuses. */
  what: string;
  /** Sentences: since when, and what differs. */
  evidence: readonly string[];
  /** The next command or place. */
  next: string;
}

/**
 * What is wrong with these answers, and what the pods that give them have in common.
 * @param signInProblems sentences about sign-ins of the test user that failed: a cause when there is no other.
 */
export function causesIn(answers: readonly ProbeAnswer[], signInProblems: readonly string[] = []): LikelyCause[] {
  const causes = [
    ...appNames.flatMap((app) => {
      const own = answers.filter(({ of }) => of === app);
      const store = storeCauses(app, own);
      // It is the reason why sessions are refused.
      const unexplained = store.length > 0 ? own.filter((answer) => !isOfStore(answer)) : own;
      return [...unreachable(app, own), ...store, ...refusals(app, unexplained), ...oddPods(app, own)];
    }),
    ...authentik(answers.filter(({ of }) => of === 'auth')),
  ];
  if (causes.length > 0 || signInProblems.length === 0) return causes;
  const next = 'sign this user in by hand, and look at the pods that do not answer';
  return [{ what: 'The test user could not be signed in.', evidence: signInProblems, next }];
}

export const describeCause = ({ what, evidence, next }: LikelyCause, number: number): string =>
  [styleText('red', `${number}. ${what}`), ...evidence.map((line) => `   ${line}`), `   Next: ${next}`].join('\n');

/** What cannot be known, because something on the way removes the header that names the pod. */
export function unnamedIn(answers: readonly ProbeAnswer[]): string[] {
  return appNames.flatMap((app) => {
    const answered = answers.filter(({ of, status }) => of === app && status > 0);
    const unnamed = answered.filter(({ pod }) => pod === '');
    if (unnamed.length === 0) return [];
    return [
      `${app}: ${unnamed.length} of ${answered.length} answers name no pod. Something on the way removes x-served-by, so pods cannot be told apart.`,
    ];
  });
}

type Name = AppName | 'Authentik';

const list = (values: Iterable<string>): string => [...values].join(', ');
const podsOf = (answers: readonly ProbeAnswer[]): Set<string> => new Set(answers.map(({ pod }) => pod).filter(Boolean));
const isWrong = ({ problem }: ProbeAnswer): boolean => problem !== undefined;
const isOf = (probe: ProbeName) => (answer: ProbeAnswer) => answer.probe === probe && answer.status > 0;
/** A pod is not Ready when its Redis gives it no answer: then it says so in its report. */
const lacksRedis = ({ probe, status, facts }: ProbeAnswer): boolean =>
  probe === 'ready' && status === 503 && facts['ok'] === 'false' && facts['driver'] === 'redis';
/** What the session store decides. */
const isOfStore = (answer: ProbeAnswer): boolean => answer.probe === 'session' || lacksRedis(answer);

/** `1 of 2 pods of operator: operator-a`. */
const share = (pods: ReadonlySet<string>, app: Name, answers: readonly ProbeAnswer[]): string =>
  pods.size === 0 ? app : `${pods.size} of ${podsOf(answers).size} pods of ${app}: ${list(pods)}`;

const authentik = (answers: readonly ProbeAnswer[]): LikelyCause[] =>
  [...unreachable('Authentik', answers), ...refusals('Authentik', answers)].map((cause) => ({
    ...cause,
    next: 'look at Authentik: meanwhile nobody can sign in, and sessions go on only while their access tokens last',
  }));

function unreachable(app: Name, answers: readonly ProbeAnswer[]): LikelyCause[] {
  const failed = answers.filter(({ status }) => status === 0);
  const [first] = failed;
  if (!first) return [];
  // Sentences that differ only in the address that was asked.
  const reasons = new Map(
    failed.toReversed().map(({ problem = '' }) => [problem.replaceAll(/https?:\/\/[^\s;)]+/g, ''), problem]),
  );
  return [
    {
      what: `${app} gave no answer to ${failed.length} of ${answers.length} requests.`,
      evidence: [...reasons.values(), `The first of them was sent at ${duration(first.at)}.`],
      next: `kubectl get pods,endpoints,ingress,certificate -l app.kubernetes.io/name=${app}`,
    },
  ];
}

/** Pods with sessions in memory, and pods that are not Ready because Redis does not answer them. */
function storeCauses(app: AppName, answers: readonly ProbeAnswer[]): LikelyCause[] {
  const ready = answers.filter(isOf('ready'));
  const inMemory = podsOf(ready.filter(({ facts }) => facts['driver'] === 'memory'));
  const lacking = podsOf(ready.filter(lacksRedis));
  const withSession = answers.filter(isOf('session'));
  const refused = withSession.filter(isWrong);
  const meanwhile =
    refused.length > 0 ? [`${refused.length} of ${withSession.length} requests with a session were refused.`] : [];
  const causes: LikelyCause[] = [];
  if (inMemory.size > 0)
    causes.push({
      what: `Sessions are in the memory of ${share(inMemory, app, answers)}.`,
      evidence: ['Each of them answers 401 to sessions that began on another pod.', ...meanwhile],
      next: `set SESSION_REDIS_URL in fleet/apps/${app}.yaml; see it live: npm run repro -- memory-sessions`,
    });
  if (lacking.size > 0)
    causes.push({
      what: `Redis, which has the sessions, does not answer ${share(lacking, app, answers)}.`,
      evidence: [...[...lacking].map((pod) => wrongSince(pod, ready)), ...meanwhile],
      next: 'kubectl get pods,endpoints -l app.kubernetes.io/name=dezky-data; if other pods are well: SESSION_REDIS_URL, network policy and node of this one',
    });
  return causes;
}

/** For each probe the pods that answer it wrongly. */
function refusals(app: Name, answers: readonly ProbeAnswer[]): LikelyCause[] {
  return (Object.keys(probes) as ProbeName[]).flatMap((probe) => {
    const answered = answers.filter(isOf(probe));
    const { asks, wanted } = probes[probe];
    const wrong = answered.filter(isWrong);
    const [first] = wrong;
    if (!first) return [];
    const bad = podsOf(wrong);
    const statuses = list(new Set(wrong.map(({ status }) => String(status))));
    return [
      {
        // A sign-in can have the right status, and lead to a wrong address.
        what:
          first.status === wanted
            ? (first.problem ?? '')
            : `${asks} is answered ${statuses}, not ${wanted}, by ${share(bad, app, answers)}.`,
        evidence: [
          ...[...new Set(wrong.map(({ pod }) => pod))].map((pod) => wrongSince(pod, answered)),
          ...differences(bad, answers),
        ],
        next: nextFor(probe, app, { bad, answered }),
      },
    ];
  });
}

/** `operator-a: 7 of 9 answers were wrong, the first at 0.2 s.` */
function wrongSince(pod: string, answered: readonly ProbeAnswer[]): string {
  const own = answered.filter((answer) => answer.pod === pod);
  const wrong = own.filter(isWrong);
  const name = pod || 'pods without a name';
  return `${name}: ${wrong.length} of ${own.length} answers were wrong, the first at ${duration(wrong[0]?.at ?? 0)}.`;
}

/** What some pods say about themselves, and the others do not. */
function differences(bad: ReadonlySet<string>, answers: readonly ProbeAnswer[]): string[] {
  const others = podsOf(answers).difference(bad);
  if (bad.size === 0) return [];
  if (others.size === 0) return ['Every pod does, so nothing differs between them.'];
  const factsOf = (pods: ReadonlySet<string>): Map<string, Set<string>> => {
    const values = new Map<string, Set<string>>();
    for (const { revision, facts } of answers.filter((answer) => pods.has(answer.pod) && !isWrong(answer)))
      for (const [name, value] of Object.entries({ revision, ...facts }))
        values.set(name, (values.get(name) ?? new Set()).add(value));
    return values;
  };
  const theirs = factsOf(others);
  const differing = [...factsOf(bad)].flatMap(([name, values]) => {
    const other = theirs.get(name);
    return other && values.isDisjointFrom(other)
      ? [`${name} is ${list(values)} there, and ${list(other)} on ${list(others)}.`]
      : [];
  });
  if (differing.length > 0) return differing;
  return [
    `It says the same about itself as ${list(others)}: what differs is not visible from outside, such as a Secret.`,
  ];
}

function nextFor(
  probe: ProbeName,
  app: Name,
  { bad, answered }: { bad: ReadonlySet<string>; answered: readonly ProbeAnswer[] },
): string {
  const [pod = `deployment/${app}`] = bad;
  if (probe !== 'session' || !answered.some(({ status }) => status === 401)) return `kubectl logs ${pod}`;
  if (answered.every(isWrong))
    return 'the session has ended, unless it was just begun: sign in again, and give the new cookie';
  if (bad.size === 0) return 'ask past the proxy that hides x-served-by, such as with --connect-to';
  return `kubectl exec ${pod} -- printenv | grep -E 'SESSION|REDIS' | sha256sum and compare with another pod; see it live: npm run repro -- per-pod-session-secret`;
}

/** Pods that answer rightly, but are on another revision, or sign out elsewhere, than the others. */
function oddPods(app: AppName, answers: readonly ProbeAnswer[]): LikelyCause[] {
  const ready = answers.filter((answer) => isOf('ready')(answer) && answer.pod !== '');
  const groups = Map.groupBy(ready, ({ revision, facts }) => JSON.stringify([revision, facts['endSessionUrl']]));
  const [, ...odd] = [...groups.values()].toSorted((a, b) => b.length - a.length);
  return odd.map((its) => ({
    what: `Other than the rest are ${share(podsOf(its), app, answers)}.`,
    evidence: [
      ...differences(podsOf(its), ready),
      `First seen at ${duration(its[0]!.at)}, last at ${duration(its.at(-1)!.at)}.`,
    ],
    next: `kubectl rollout status deployment/${app}; watch it: npm run smoke -- --watch …`,
  }));
}
