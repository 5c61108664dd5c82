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
      const store = [...inMemory(app, own), ...withoutRedis(app, own)];
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

/** What cannot be known, because something on the way removes the headers that name pod and revision. */
export function unnamedIn(answers: readonly ProbeAnswer[]): string[] {
  return appNames.flatMap((app) => {
    const answered = answers.filter(({ of, status }) => of === app && status > 0);
    const without = (name: 'pod' | 'revision', header: string): string[] => {
      const { length } = answered.filter((answer) => answer[name] === '');
      return length > 0 ? [`${length} of ${answered.length} answers name no ${name} (${header})`] : [];
    };
    const missing = [...without('pod', 'x-served-by'), ...without('revision', 'x-revision')];
    if (missing.length === 0) return [];
    return [
      `${app}: ${missing.join(', and ')}. Something on the way removes these headers, so pods cannot be told apart.`,
    ];
  });
}

type Name = AppName | 'Authentik';

const list = (values: Iterable<string>): string => [...values].join(', ');
const podsOf = (answers: readonly ProbeAnswer[]): Set<string> => new Set(answers.map(({ pod }) => pod).filter(Boolean));
const isWrong = ({ problem }: ProbeAnswer): boolean => problem !== undefined;
/** A pod is not Ready when its Redis gives it no answer: then it says so in its report. */
const lacksRedis = ({ probe, status, facts }: ProbeAnswer): boolean =>
  probe === 'ready' && status === 503 && facts['ok'] === 'false' && facts['driver'] === 'redis';
/** What the session store decides. */
const isOfStore = (answer: ProbeAnswer): boolean => answer.probe === 'session' || lacksRedis(answer);

const authentik = (answers: readonly ProbeAnswer[]): LikelyCause[] =>
  [...unreachable('Authentik', answers), ...refusals('Authentik', answers)].map((cause) => ({
    ...cause,
    next: 'look at Authentik: meanwhile nobody can sign in, and sessions go on only while their access tokens last',
  }));

function unreachable(app: Name, answers: readonly ProbeAnswer[]): LikelyCause[] {
  const failed = answers.filter(({ status }) => status === 0);
  const [first] = failed;
  if (!first) return [];
  const silent = podsOf(answers.filter(({ at }) => at < first.at)).difference(
    podsOf(answers.filter(({ at }) => at >= first.at)),
  );
  // Sentences that differ only in the address that was asked.
  const reasons = new Map(
    failed.toReversed().map(({ problem = '' }) => [problem.replaceAll(/https?:\/\/[^\s;)]+/g, ''), problem]),
  );
  const certificate = / shows a certificate /.test(first.problem ?? '') ? 'kubectl get certificate,secret; ' : '';
  return [
    {
      what: `${app} gave no answer to ${failed.length} of ${answers.length} requests.`,
      evidence: [
        ...reasons.values(),
        `The first of them was sent at ${duration(first.at)}.`,
        ...[...silent].map((pod) => `${pod} answered before that, and nothing since.`),
      ],
      next:
        failed.length === answers.length
          ? `${certificate}kubectl describe ingress -l app.kubernetes.io/name=${app}`
          : `kubectl get pods,endpoints -l app.kubernetes.io/name=${app}`,
    },
  ];
}

function inMemory(app: AppName, answers: readonly ProbeAnswer[]): LikelyCause[] {
  const pods = podsOf(answers.filter(({ facts }) => facts['driver'] === 'memory'));
  if (pods.size === 0) return [];
  const all = podsOf(answers);
  const withSession = answers.filter(({ probe, status }) => probe === 'session' && status > 0);
  return [
    {
      what: `${pods.size} of ${all.size} pods of ${app} ${pods.size > 1 ? 'keep sessions in their own memory' : 'keeps sessions in its own memory'}: ${list(pods)}.`,
      evidence: [
        ...(pods.size < all.size ? differences(pods, answers) : []),
        'Each of them answers 401 to sessions that began on another pod, and loses its own when it ends.',
        ...[...podsOf(withSession.filter(isWrong))].map(
          (pod) => `A session is refused by ${wrongSince(pod, withSession)}`,
        ),
      ],
      next: `set SESSION_REDIS_URL in fleet/apps/${app}.yaml; see it live: npm run repro -- memory-sessions`,
    },
  ];
}

/** Pods that are not Ready because Redis does not answer them. */
function withoutRedis(app: AppName, answers: readonly ProbeAnswer[]): LikelyCause[] {
  const ready = answers.filter(({ probe, status }) => probe === 'ready' && status > 0);
  const lacking = ready.filter(lacksRedis);
  const [first] = lacking;
  if (!first) return [];
  const pods = podsOf(lacking);
  const since = answers.filter(({ at }) => at >= first.at);
  const isOfAll = podsOf(since).difference(pods).size === 0;
  const withSession = answers.filter(({ probe, status }) => probe === 'session' && status > 0);
  const refused = withSession.filter(isWrong);
  const statuses = list(new Set(refused.map(({ status }) => String(status))));
  return [
    {
      what: `${pods.size} of ${podsOf(answers).size} pods of ${app} ${pods.size > 1 ? 'get' : 'gets'} no answer from Redis, which has the sessions: ${list(pods)}.`,
      evidence: [
        ...[...pods].map((pod) => wrongSince(pod, ready)),
        ...differences(pods, since),
        ...(refused.length > 0
          ? [`Meanwhile ${refused.length} of ${withSession.length} requests with a session got ${statuses}.`]
          : []),
      ],
      next: isOfAll
        ? 'kubectl get pods,endpoints -l app.kubernetes.io/name=dezky-data; see that host in SESSION_REDIS_URL'
        : `kubectl exec ${first.pod} -- printenv SESSION_REDIS_URL | sha256sum and compare with another pod; then its network policy and node`,
    },
  ];
}

/** For each probe the pods that answer it wrongly. */
function refusals(app: Name, answers: readonly ProbeAnswer[]): LikelyCause[] {
  const all = podsOf(answers);
  return (Object.keys(probes) as ProbeName[]).flatMap((probe) => {
    const answered = answers.filter((answer) => answer.probe === probe && answer.status > 0);
    const { asks, wanted } = probes[probe];
    const wrong = answered.filter(isWrong);
    const [first] = wrong;
    if (!first) return [];
    const bad = podsOf(wrong);
    const statuses = list(new Set(wrong.map(({ status }) => String(status))));
    const who = bad.size === 0 ? app : `${bad.size} of ${all.size} pods of ${app}`;
    const refusal = `${who} answer${bad.size > 1 ? '' : 's'} ${statuses} to ${asks}, not ${wanted}${bad.size > 0 ? `: ${list(bad)}` : ''}.`;
    return [
      {
        // A sign-in can have the right status, and lead to a wrong address.
        what: first.status === wanted ? (first.problem ?? '') : refusal,
        evidence: [
          ...[...new Set(wrong.map(({ pod }) => pod))].map((pod) => wrongSince(pod, answered)),
          ...differences(bad, answers),
        ],
        next: nextFor(probe, app, { bad, answered }),
      },
    ];
  });
}

/** `operator-a: 7 of 9 answers, 2 right before the first wrong one at 0.2 s, and some after it were right.` */
function wrongSince(pod: string, answered: readonly ProbeAnswer[]): string {
  const own = answered.filter((answer) => answer.pod === pod);
  const first = own.findIndex(isWrong);
  const right = first === 0 ? 'the first' : `${first} right before the first wrong one`;
  const again = own.slice(first).every(isWrong) ? '' : ', and some after it were right';
  const count = `${own.filter(isWrong).length} of ${own.length} answers`;
  return `${pod || 'pods without a name'}: ${count}, ${right} at ${duration(own[first]?.at ?? 0)}${again}.`;
}

/** What the pods that answer wrongly have in common, and the others do not. */
function differences(bad: ReadonlySet<string>, answers: readonly ProbeAnswer[]): string[] {
  const others = podsOf(answers).difference(bad);
  if (bad.size === 0) return [];
  if (others.size === 0) return ['Every pod does, so nothing differs between them.'];
  const factsOf = (pods: ReadonlySet<string>): Map<string, Set<string>> => {
    const values = new Map<string, Set<string>>();
    // An answer that is wrong has other headers for that reason alone.
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
  const is401 = answered.some(({ status }) => status === 401);
  if (probe !== 'session' || !is401) return `kubectl logs ${pod}`;
  if (answered.every(isWrong) && bad.size === podsOf(answered).size)
    return 'the session has ended, unless it was just begun: sign in again, and give the new cookie';
  if (bad.size === 0)
    return 'ask past the proxy that hides x-served-by, such as with --connect-to and the address of the ingress inside the cluster';
  return `kubectl exec ${pod} -- printenv | grep -E 'SESSION|REDIS' | sha256sum and compare with another pod; see it live: npm run repro -- per-pod-session-secret`;
}

/** Pods that answer rightly, but say something else about themselves than the others. Another store is its own cause. */
function oddPods(app: AppName, answers: readonly ProbeAnswer[]): LikelyCause[] {
  const ready = answers.filter(({ pod, probe, status }) => pod !== '' && probe === 'ready' && status > 0);
  const groups = Map.groupBy(ready, ({ revision, facts }) => JSON.stringify([revision, facts['endSessionUrl']]));
  const [, ...odd] = [...groups.values()].toSorted((a, b) => b.length - a.length);
  return odd.map((its) => {
    const pods = podsOf(its);
    return {
      what: `${list(pods)} of ${app} ${pods.size > 1 ? 'are' : 'is'} not like the other pods.`,
      evidence: [
        ...differences(pods, ready),
        `First seen at ${duration(its[0]!.at)}, last at ${duration(its.at(-1)!.at)}.`,
      ],
      next: `kubectl rollout status deployment/${app}; watch it: npm run smoke -- --watch …`,
    };
  });
}
