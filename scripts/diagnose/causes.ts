import { appNames, type AppName } from '../../apps/environment/apps.ts';
import { duration } from '../../fleet/duration.ts';
import { probes, type ProbeName, type Sample } from './sample.ts';

/** Something that is wrong with a deployed fleet, and why. */
export interface Cause {
  /** A sentence that names app, pods and statuses. */
  what: string;
  /** Sentences: since when, and what differs. */
  evidence: readonly string[];
  /** The next command or place. */
  next: string;
}

/** What answers differ in, or should not have been, as causes. */
export const causesIn = (samples: readonly Sample[]): Cause[] => [
  ...appNames.flatMap((app) => {
    const own = samples.filter((sample) => sample.app === app);
    const store = [...inMemory(app, own), ...withoutRedis(app, own)];
    // It is the reason why sessions are refused.
    const unexplained = store.length > 0 ? own.filter((sample) => !isOfStore(sample)) : own;
    return [...unreachable(app, own), ...store, ...refusals(app, unexplained), ...oddPods(app, own)];
  }),
  ...authentik(samples.filter(({ app }) => app === 'auth')),
];

/** Adds that the test user could not be signed in, when no other cause explains it. */
export const withSignIns = (causes: readonly Cause[], problems: readonly string[]): readonly Cause[] =>
  causes.length > 0 || problems.length === 0
    ? causes
    : [
        {
          what: 'The test user could not be signed in.',
          evidence: problems,
          next: 'sign this user in by hand, and look at the pods that do not answer',
        },
      ];

const authentik = (samples: readonly Sample[]): Cause[] =>
  [...unreachable('Authentik', samples), ...refusals('Authentik', samples)].map((cause) => ({
    ...cause,
    next: 'look at Authentik: meanwhile nobody can sign in, and sessions go on only while their access tokens last',
  }));

type Name = AppName | 'Authentik';

const list = (values: Iterable<string>): string => [...values].join(', ');
const unique = (values: readonly string[]): Set<string> => new Set(values.filter(Boolean));
/** What the session store decides. */
const isOfStore = (sample: Sample): boolean => sample.probe === 'session' || lacksRedis(sample);
/** A pod is not Ready when its Redis gives it no answer: then it says so in its report. */
const lacksRedis = ({ probe, status, facts }: Sample): boolean =>
  probe === 'ready' && status === 503 && facts['ok'] === 'false' && facts['driver'] === 'redis';
const isWrong = ({ probe, status }: Sample): boolean => status !== probes[probe].wanted;

function unreachable(app: Name, samples: readonly Sample[]): Cause[] {
  const failed = samples.filter(({ failure }) => failure !== undefined);
  const [first] = failed;
  if (!first) return [];
  const podsOf = (test: (sample: Sample) => boolean) => unique(samples.filter(test).map(({ pod }) => pod));
  const silent = podsOf(({ at }) => at < first.at).difference(podsOf(({ at }) => at >= first.at));
  return [
    {
      what: `${app} gave no answer to ${failed.length} of ${samples.length} requests.`,
      evidence: [
        ...oncePerReason(failed.map(({ failure = '' }) => failure)),
        `The first of them was sent at ${duration(first.at)}.`,
        ...[...silent].map((pod) => `${pod} answered before that, and nothing since.`),
      ],
      next:
        failed.length === samples.length
          ? `${/ shows a certificate /.test(first.failure ?? '') ? 'kubectl get certificate,secret; ' : ''}kubectl describe ingress -l app.kubernetes.io/name=${app}`
          : `kubectl get pods,endpoints -l app.kubernetes.io/name=${app}`,
    },
  ];
}

/** Of sentences that differ only in the address that was asked, the first. */
const oncePerReason = (sentences: readonly string[]): string[] =>
  [...Map.groupBy(sentences, (sentence) => sentence.replaceAll(/https?:\/\/[^\s;)]+/g, '')).values()].map(
    ([first = '']) => first,
  );

function inMemory(app: AppName, samples: readonly Sample[]): Cause[] {
  const pods = unique(samples.filter(({ facts }) => facts['driver'] === 'memory').map(({ pod }) => pod));
  if (pods.size === 0) return [];
  const all = unique(samples.map(({ pod }) => pod));
  const withSession = samples.filter(({ probe, failure }) => probe === 'session' && failure === undefined);
  return [
    {
      what: `${pods.size} of ${all.size} pods of ${app} ${pods.size > 1 ? 'keep sessions in their own memory' : 'keeps sessions in its own memory'}: ${list(pods)}.`,
      evidence: [
        ...(pods.size < all.size ? differences(pods, samples) : []),
        'Each of them answers 401 to sessions that began on another pod, and loses its own when it ends.',
        ...[...unique(withSession.filter(isWrong).map(({ pod }) => pod))].map(
          (pod) => `A session is refused by ${since(pod, withSession)}`,
        ),
      ],
      next: `set SESSION_REDIS_URL in fleet/apps/${app}.yaml; see it live: npm run repro -- memory-sessions`,
    },
  ];
}

/** Pods that are not Ready because Redis does not answer them. */
function withoutRedis(app: AppName, samples: readonly Sample[]): Cause[] {
  const ready = samples.filter(({ probe, failure }) => probe === 'ready' && failure === undefined);
  const pods = unique(ready.filter(lacksRedis).map(({ pod }) => pod));
  if (pods.size === 0) return [];
  const all = unique(samples.map(({ pod }) => pod));
  const withSession = samples.filter(({ probe, failure }) => probe === 'session' && failure === undefined);
  const refused = withSession.filter(isWrong);
  const statuses = list(unique(refused.map(({ status }) => String(status))));
  const [pod = ''] = pods;
  const from = ready.find(lacksRedis)?.at ?? 0;
  const askedSince = unique(ready.filter(({ at }) => at >= from).map((sample) => sample.pod));
  const well = askedSince.difference(pods);
  const notSince = all.difference(askedSince);
  return [
    {
      what: `${pods.size} of ${all.size} pods of ${app} ${pods.size > 1 ? 'get' : 'gets'} no answer from Redis, which has the sessions: ${list(pods)}.`,
      evidence: [
        ...[...pods].map((one) => since(one, ready)),
        ...(well.size > 0
          ? differences(
              pods,
              samples.filter((sample) => askedSince.has(sample.pod)),
            )
          : ['Every pod that was asked since does.']),
        ...(notSince.size > 0 ? [`Not asked since: ${list(notSince)}.`] : []),
        ...(refused.length > 0
          ? [`Meanwhile ${refused.length} of ${withSession.length} requests with a session got ${statuses}.`]
          : []),
      ],
      next:
        well.size > 0
          ? `kubectl exec ${pod} -- printenv SESSION_REDIS_URL | sha256sum and compare with another pod; then its network policy and node`
          : 'kubectl get pods,endpoints -l app.kubernetes.io/name=dezky-data; see that host in SESSION_REDIS_URL',
    },
  ];
}

/** For each probe the pods that answer it wrongly. */
function refusals(app: Name, samples: readonly Sample[]): Cause[] {
  const all = unique(samples.map(({ pod }) => pod));
  return (Object.keys(probes) as ProbeName[]).flatMap((probe) => {
    const answered = samples.filter((sample) => sample.probe === probe && sample.failure === undefined);
    const wrong = answered.filter(isWrong);
    if (wrong.length === 0) return [];
    const bad = unique(wrong.map(({ pod }) => pod));
    const statuses = list(unique(wrong.map(({ status }) => String(status))));
    const { asks, wanted } = probes[probe];
    const who = bad.size === 0 ? app : `${bad.size} of ${all.size} pods of ${app}`;
    return [
      {
        what: `${who} answer${bad.size > 1 ? '' : 's'} ${statuses} to ${asks}, not ${wanted}${bad.size > 0 ? `: ${list(bad)}` : ''}.`,
        evidence: [
          ...[...bad].map((pod) => since(pod, answered)),
          ...ofUnnamed(app, answered),
          ...notAsked(all, answered),
          ...differences(bad, samples),
        ],
        next: nextFor(probe, app, { bad, answered }),
      },
    ];
  });
}

/** `operator-a: 7 of its 7 answers, from its first at 0.2 s.` */
const since = (pod: string, answered: readonly Sample[]): string =>
  `${pod}: ${wrongIn(
    answered.filter((sample) => sample.pod === pod),
    'its',
  )}`;

/** How many of these answers are wrong, and since when. */
function wrongIn(answers: readonly Sample[], whose: 'its' | ''): string {
  const wrong = answers.filter(isWrong);
  const first = answers.findIndex(isWrong);
  const from = first === 0 ? `from ${whose || 'the'} first at` : `${first} right before the first wrong one at`;
  const again = answers.slice(first).some((sample) => !isWrong(sample)) ? ', and some after it were right' : '';
  const of = [whose, answers.length, 'answers'].filter(Boolean).join(' ');
  return `${wrong.length} of ${of}, ${from} ${duration(answers[first]?.at ?? 0)}${again}.`;
}

/** Wrong answers that do not name their pod: what they show, and what they cannot. */
function ofUnnamed(app: Name, answered: readonly Sample[]): string[] {
  const unnamed = answered.filter(({ pod }) => pod === '');
  if (!unnamed.some(isWrong)) return [];
  // Authentik names no pods.
  if (app === 'Authentik') return [wrongIn(unnamed, '')];
  return [
    wrongIn(unnamed, ''),
    unnamed.every(isWrong)
      ? 'The answers do not name their pod, so it cannot be told whether every pod was asked.'
      : 'Some pods refuse it, and others do not. The answers do not name their pod, so it cannot be told which.',
  ];
}

function notAsked(all: ReadonlySet<string>, answered: readonly Sample[]): string[] {
  const left = all.difference(unique(answered.map(({ pod }) => pod)));
  const isNamed = answered.every(({ pod }) => pod !== '');
  return isNamed && left.size > 0 ? [`Not asked this: ${list(left)}. Ask longer: --for <seconds>`] : [];
}

/** What the pods that answer wrongly have in common, and the others do not. */
function differences(bad: ReadonlySet<string>, samples: readonly Sample[]): string[] {
  const others = unique(samples.map(({ pod }) => pod)).difference(bad);
  if (bad.size === 0) return [];
  if (others.size === 0) return ['Every pod does, so nothing differs between them.'];
  const factsOf = (pods: ReadonlySet<string>): Map<string, Set<string>> => {
    const values = new Map<string, Set<string>>();
    for (const { pod, revision, facts, probe, status } of samples) {
      // An answer that is wrong has other headers for that reason alone.
      if (!pods.has(pod) || status !== probes[probe].wanted) continue;
      for (const [name, value] of Object.entries({ revision, ...facts }))
        values.set(name, (values.get(name) ?? new Set()).add(value));
    }
    return values;
  };
  const [one, other] = [factsOf(bad), factsOf(others)];
  const differing = [...one].flatMap(([name, values]) => {
    const theirs = other.get(name);
    return theirs && values.isDisjointFrom(theirs)
      ? [`${name} is ${list(values)} there, and ${list(theirs)} on ${list(others)}.`]
      : [];
  });
  return differing.length > 0
    ? differing
    : [`It says the same about itself as ${list(others)}: what differs is not visible from outside, such as a Secret.`];
}

function nextFor(
  probe: ProbeName,
  app: Name,
  { bad, answered }: { bad: ReadonlySet<string>; answered: readonly Sample[] },
): string {
  const [pod = `deployment/${app}`] = bad;
  const is401 = answered.some((sample) => isWrong(sample) && sample.status === 401);
  if (probe !== 'session' || !is401) return `kubectl logs ${pod}`;
  if (answered.every(isWrong) && bad.size === unique(answered.map((sample) => sample.pod)).size)
    return 'the session has ended, unless it was just begun: sign in again, and give the new cookie';
  if (bad.size === 0)
    return 'ask past the proxy that hides x-served-by, such as with --connect-to and the address of the ingress inside the cluster';
  return `kubectl exec ${pod} -- printenv | grep -E 'SESSION|REDIS' | sha256sum and compare with another pod; see it live: npm run repro -- per-pod-session-secret`;
}

/** Pods that answer rightly, but say something else about themselves than the others. */
function oddPods(app: AppName, samples: readonly Sample[]): Cause[] {
  const right = samples.filter(({ pod, probe, failure }) => pod !== '' && probe === 'ready' && failure === undefined);
  // Where the store is not the same, that is a cause of its own.
  const groups = Map.groupBy(right, ({ revision, facts }) => JSON.stringify([revision, facts['endSessionUrl']]));
  if (groups.size < 2) return [];
  const bySize = [...groups.values()].toSorted((a, b) => b.length - a.length);
  return bySize.slice(1).map((its) => {
    const pods = unique(its.map(({ pod }) => pod));
    return {
      what: `${list(pods)} of ${app} ${pods.size > 1 ? 'are' : 'is'} not like the other pods.`,
      evidence: [
        ...differences(pods, right),
        `First seen at ${duration(its[0]?.at ?? 0)}, last at ${duration(its.at(-1)?.at ?? 0)}.`,
      ],
      next: `kubectl rollout status deployment/${app}; watch it: npm run smoke -- --watch …`,
    };
  });
}
