import { styleText } from 'node:util';
import { appNames, type AppName } from '../../apps/environment/apps.ts';
import { sessionReasons, type SessionReason } from '../../apps/environment/session-reasons.ts';
import { duration } from '../../fleet/duration.ts';
import { saidOnce } from '../../fleet/engines/live/unreachable.ts';
import { counted } from './check.ts';
import type { ProbeAnswer, SessionCookies } from './probes.ts';
import { endSessionFaults } from './rules/end-session.ts';
import { nextStepFor } from './rules/next-step.ts';
import { adviceOnKept } from './rules/refusals.ts';
import { readyPods } from './settle.ts';
import type { HostRole, SmokeTarget } from './target.ts';

/** Something that is wrong with a deployed fleet. It says what the answers show and the pods say, and guesses no cause. */
export interface Finding {
  what: string;
  /** What each pod answered, or says about itself. */
  evidence: readonly string[];
  /** Undefined: `what` says it. */
  next?: string | undefined;
}

export const findingsIn = (answers: readonly ProbeAnswer[], urls: SmokeTarget['urls']): Finding[] => {
  const of = (role: HostRole) => answers.filter((answer) => answer.of === role);
  return [
    ...unreachable(answers),
    ...appNames.flatMap((app) => {
      const outside = notFromPods(app, of(app));
      const its = of(app).filter(({ pod, isOutside }) => !isOutside && (outside.length === 0 || pod !== ''));
      return [
        ...outside,
        ...storeDown(app, its),
        ...inMemory(app, its),
        ...wrong(its),
        ...wrongSignOut(app, its, urls),
        ...different(app, its),
      ];
    }),
    ...wrong(of('auth')),
    ...slow(answers),
    ...stuck(answers),
  ];
};

/** What is wrong with an app that somebody names. @param isNew the session has begun just now. */
export const findingsOfAnyApp = (answers: readonly ProbeAnswer[], isNew = false): Finding[] => [
  ...unreachable(answers, (_of, pod) =>
    pod === undefined ? 'look at its DNS record, its ingress and its pods' : `look at the log of ${pod}`,
  ),
  ...stuck(answers),
  ...wrong(answers, nextOfAnyApp, isNew),
  ...slow(answers),
];

/** Apps with pods that are not on the revision that is expected; old pods may serve well. */
export const notOn = (sha: string, answers: readonly ProbeAnswer[]): Finding[] =>
  appNames.flatMap((of) => {
    const old = answers.filter((each) => each.of === of && each.revision !== '' && each.revision !== sha);
    if (old.length === 0) return [];
    return [
      {
        what: `${of} is not on ${sha} everywhere.`,
        evidence: [`${list(old.map(({ pod, revision }) => `${pod || 'a pod'} is on ${revision}`))}.`],
        next: `kubectl rollout status deployment/${of}`,
      },
    ];
  });

/** What was found well, and what was not looked at, in sentences. */
export function checkedIn(answers: readonly ProbeAnswer[], sessions: SessionCookies): string[] {
  const without = appNames.filter((app) => sessions[app] === undefined);
  return [
    ...appNames.map((app) => {
      const said = (name: string) => list(answers.flatMap(({ of, facts }) => (of === app && facts[name]) || []));
      return `${app}: sign-in leads to ${said('leadsTo') || 'nowhere'}, sign-out to ${said('endSessionUrl') || 'nowhere'} (as its pods say), sessions are in ${said('driver') || 'no store'}.`;
    }),
    ...(without.length === 0
      ? []
      : [
          `Sessions of ${without.join(' and ')} were not checked: whether a pod refuses one is not known. Give one: --cookie <file>, with a line "${without[0]}: <the cookie header of a signed-in browser>".`,
        ]),
  ];
}

export const describeFinding = ({ what, evidence, next }: Finding, number: number): string =>
  [
    styleText('red', `${number}. ${what}`),
    ...evidence.map((line) => `   ${line}`),
    ...(next === undefined ? [] : [`   Next: ${next}`]),
  ].join('\n');

/** What cannot be known, because something on the way removes the header that names the pod. */
export function unnamedIn(answers: readonly ProbeAnswer[]): string[] {
  return appNames.flatMap((app) => {
    const answered = answers.filter(({ of, status }) => of === app && status > 0);
    const unnamed = answered.filter(({ pod }) => pod === '');
    if (unnamed.length === 0 || unnamed.some(({ isOutside }) => isOutside)) return [];
    return [
      `${app}: ${unnamed.length} of ${answered.length} answers name no pod. Something on the way removes x-served-by, so pods cannot be told apart.`,
    ];
  });
}

const list = (values: Iterable<string>): string => [...new Set(values)].join(', ');

/** Hosts that gave no answer; those with the same cause are one finding. */
function unreachable(answers: readonly ProbeAnswer[], wayTo = theWayTo): Finding[] {
  const failed = answers.filter(({ status, isStuck }) => status === 0 && !isStuck);
  return saidOnce(failed.map(({ problem = '' }) => problem)).map(({ sentence, of: problems }) => {
    const its = failed.filter(({ problem = '' }) => problems.includes(problem));
    const of = [...new Set(its.map((answer) => answer.of))];
    const asked = answers.filter((answer) => of.includes(answer.of));
    const [pod, ...others] = new Set(its.flatMap((answer) => answer.pod || []));
    return {
      what: `${of.join(', ')} gave no complete answer to ${its.length} of ${asked.length} requests, the first at ${duration(its[0]?.at ?? 0)}.`,
      evidence: [sentence],
      next: wayTo(of, others.length > 0 ? undefined : pod),
    };
  });
}

/** Sign-ins that led no further. The sentence says what to look at. */
const stuck = (answers: readonly ProbeAnswer[]): Finding[] =>
  [...new Set(answers.flatMap(({ isStuck, problem = '' }) => (isStuck ? [problem] : [])))].map((what) => ({
    what,
    evidence: [],
  }));

/** @param pod one that began to answer. */
const theWayTo = (of: readonly string[], pod?: string): string =>
  pod === undefined
    ? `kubectl get pods,endpoints,ingress,certificate -l 'app.kubernetes.io/name in (${of.join(',')})'`
    : `kubectl logs ${pod}`;

function notFromPods(app: AppName, answers: readonly ProbeAnswer[]): Finding[] {
  const outside = answers.filter(({ isOutside }) => isOutside);
  return saidOnce(outside.map(({ problem = '' }) => problem)).map(({ sentence, of }) => {
    const its = outside.filter(({ problem = '' }) => of.includes(problem));
    return {
      what: `${sentence} The first was at ${duration(its[0]?.at ?? 0)}.`,
      evidence: [`${its.length} of ${answers.length} answers: ${statusesOf(its)}`],
      next: theWayTo([app]),
    };
  });
}

function wrongSignOut(app: AppName, answers: readonly ProbeAnswer[], urls: SmokeTarget['urls']): Finding[] {
  const ready = answers.filter(({ probe }) => probe === 'ready');
  const evidence = readyPods({ settled: false, answers: ready, agreeing: [] }).ready.flatMap(({ pod, facts }) =>
    endSessionFaults(pod || app, facts, { app, own: urls[app], auth: urls.auth, discovered: undefined }),
  );
  if (evidence.length === 0) return [];
  return [{ what: `Signing out of ${app} leads elsewhere.`, evidence, next: 'npm run config -- check' }];
}

/** Milliseconds. Each page waits for several answers. */
const slowMs = 2_000;

const medianOf = (answers: readonly ProbeAnswer[]): number =>
  answers.map(({ took = 0 }) => took).toSorted((one, other) => one - other)[Math.floor(answers.length / 2)]!;

/** Pods, or hosts whose answers name none, that answer a probe with a median above {@link slowMs}. */
function slow(answers: readonly ProbeAnswer[]): Finding[] {
  const timed = answers.filter(({ took }) => took !== undefined);
  return [...Map.groupBy(timed, ({ of, pod }) => pod || of)].flatMap(([who, its]) => {
    const asked = [...Map.groupBy(its, ({ probe }) => probe)];
    const late = asked.filter(([, same]) => medianOf(same) >= slowMs);
    if (late.length === 0) return [];
    return [
      {
        what: `${who} is slow${late.length < asked.length ? ' in some requests' : ''}.`,
        evidence: late.map(
          ([probe, same]) => `${probe}: half of ${same.length} answers took ${duration(medianOf(same))} or longer.`,
        ),
        next: 'look at its load (kubectl top pods), and at what it waits for: the ingress, Redis, or another service',
      },
    ];
  });
}

function inMemory(of: HostRole, answers: readonly ProbeAnswer[]): Finding[] {
  const pods = list(answers.filter(({ facts }) => facts['driver'] === 'memory').map(({ pod }) => pod));
  if (pods === '') return [];
  return [
    {
      what: `Sessions of ${of} are in the memory of ${pods}.`,
      evidence: ['Each of them answers 401 to sessions that began on another pod.'],
      next: `set SESSION_REDIS_URL in the Secret ${of}-secrets; see it live: npm run repro -- memory-sessions`,
    },
  ];
}

function storeDown(of: HostRole, answers: readonly ProbeAnswer[]): Finding[] {
  const down = answers.filter(({ facts }) => facts['store'] === 'down');
  const [first] = down;
  if (!first) return [];
  return [
    {
      what: `${list(down.map(({ pod }) => pod))} of ${of} do not reach their session store. The first said so at ${duration(first.at)}.`,
      evidence: ['Nobody can sign in there, and calls with a session are answered 503.'],
      next: 'look whether Redis runs (kubectl get pods), and at SESSION_REDIS_URL',
    },
  ];
}

/** For each probe that was answered wrongly, what each pod answered to it. */
function wrong(answers: readonly ProbeAnswer[], nextOf = nextOfFleet, isNew = false): Finding[] {
  const byProbe = Map.groupBy(
    answers.filter(({ status }) => status > 0),
    ({ probe }) => probe,
  );
  return [...byProbe].flatMap(([probe, asked]) => {
    const refused = asked.filter(({ problem }) => problem !== undefined);
    const [first] = refused;
    if (!first) return [];
    const reasons = [...new Set(refused.flatMap(({ reason }) => reason ?? []))];
    const [reason] = reasons;
    const hasEnded =
      !isNew &&
      probe === 'session' &&
      refused.length === asked.length &&
      refused.every(({ status }) => status < 500) &&
      reasons.every((one) => sessionReasons[one].refusal === 'right');
    return [
      {
        what: `${first.problem} The first was at ${duration(first.at)}.`,
        evidence: [
          ...[...Map.groupBy(asked, ({ pod }) => pod)].map(
            ([pod, its]) => `${pod || 'without a name'}: ${statusesOf(its)}`,
          ),
          ...reasons.map((one) => `${one}: ${sessionReasons[one].means}`),
        ],
        next: hasEnded
          ? `every pod refuses this session, so it ${reason ? 'has' : 'may have'} ended: sign in again, and give the new cookie`
          : (adviceOnKept(refused.map(({ id }) => id)) ?? nextOf(refused, asked)),
      },
    ];
  });
}

/** What to do about answers to one probe. @param asked all to it. */
type NextOf = (refused: readonly ProbeAnswer[], asked: readonly ProbeAnswer[]) => string | undefined;

const nextOfFleet: NextOf = (refused, asked) => {
  const { probe, of, status } = refused[0]!;
  const refusal = refused.find((answer) => answer.reason);
  if (refusal?.reason) return nextAfterRefusal(refusal, refusal.reason);
  if (probe === 'discovery' && status === 200) return undefined;
  if (probe === 'sign-in') return 'npm run config -- check';
  if (probe === 'session' && status >= 500 && !asked.some((answer) => answer.status === 200))
    return `look at what ${of} asks: platform-api, and NUXT_PLATFORM_API_URL in fleet/apps/${of}.yaml`;
  return `kubectl logs ${refused.find(({ pod }) => pod !== '')?.pod ?? `deployment/${of === 'auth' ? 'authentik' : of}`}`;
};

/** What to do after an answer with a reason, which a pod gives only when it refuses. */
function nextAfterRefusal({ probe, status }: ProbeAnswer, reason: SessionReason): string {
  if (status < 400)
    return `the pod refused with ${sessionReasons[reason].status}, and something on the way made ${status} of it: look at the ingress and at what is before it`;
  return probe === 'session' ? nextStepFor(reason) : sessionReasons[reason].next;
}

const nextOfAnyApp: NextOf = (refused, asked) => {
  const [{ probe, status, pod, isOutside }] = refused as [ProbeAnswer];
  if (isOutside) return undefined;
  const isKnown = asked.some((answer) => answer.status === 200);
  if (probe === 'discovery')
    return status === 200 ? undefined : "look at the provider, and at the issuer in the app's environment";
  if (probe === 'session' && status < 500 && isKnown)
    return 'sessions are in the memory of a pod, or the pods have different stores or keys: compare their environment';
  if (probe === 'sign-in' && status < 500) return "look at the provider's address in the environment of each pod";
  return `look at the log of ${pod || 'its pods'}`;
};

const statusesOf = (answers: readonly ProbeAnswer[]): string =>
  counted(answers, ({ status, reason, facts: { leadsTo } }) =>
    [status, reason ?? (leadsTo && `to ${leadsTo}`)].filter(Boolean).join(' '),
  );

/** What the pods of an app say about themselves, where it is not the same for all. */
function different(of: HostRole, answers: readonly ProbeAnswer[]): Finding[] {
  const ready = answers.filter(({ probe, pod, problem }) => probe === 'ready' && pod !== '' && problem === undefined);
  const said = ready.flatMap(({ pod, revision, facts }) =>
    Object.entries({ revision, ...facts }).map(([name, value]) => ({ name, value, pod })),
  );
  const evidence = [...Map.groupBy(said, ({ name }) => name)].flatMap(([name, its]) => {
    const values = [...Map.groupBy(its, ({ value }) => value)];
    const parts = values.map(([value, same]) => `${value} on ${list(same.map(({ pod }) => pod))}`);
    return parts.length > 1 ? [`${name} is ${parts.join('; ')}.`] : [];
  });
  if (evidence.length === 0) return [];
  const next = `kubectl rollout status deployment/${of}; watch it: npm run smoke -- --watch …`;
  return [{ what: `The pods of ${of} are not the same.`, evidence, next }];
}
