import { styleText } from 'node:util';
import { appNames } from '../../apps/environment/apps.ts';
import { duration } from '../../fleet/duration.ts';
import type { ProbeAnswer } from './probes.ts';
import type { Role } from './target.ts';

/** Something that is wrong with a deployed fleet. It says what the answers show, and guesses no cause. */
interface Finding {
  /** A sentence. */
  what: string;
  /** What each pod answered, or says about itself. */
  evidence: readonly string[];
  /** The next command or place. */
  next: string;
}

export const findingsIn = (answers: readonly ProbeAnswer[]): Finding[] =>
  ([...appNames, 'auth'] as const).flatMap((of) => {
    const own = answers.filter((answer) => answer.of === of);
    return [...unanswered(of, own), ...inMemory(of, own), ...wrong(own), ...different(of, own)];
  });

export const describeFinding = ({ what, evidence, next }: Finding, number: number): string =>
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

const list = (values: Iterable<string>): string => [...new Set(values)].join(', ');

function unanswered(of: Role, answers: readonly ProbeAnswer[]): Finding[] {
  const failed = answers.filter(({ status }) => status === 0);
  const [first] = failed;
  if (!first) return [];
  return [
    {
      what: `${of} gave no answer to ${failed.length} of ${answers.length} requests, the first at ${duration(first.at)}.`,
      evidence: [first.problem ?? ''],
      next: `kubectl get pods,endpoints,ingress,certificate -l app.kubernetes.io/name=${of}`,
    },
  ];
}

function inMemory(of: Role, answers: readonly ProbeAnswer[]): Finding[] {
  const pods = list(answers.filter(({ facts }) => facts['driver'] === 'memory').map(({ pod }) => pod));
  if (pods === '') return [];
  return [
    {
      what: `Sessions of ${of} are in the memory of ${pods}.`,
      evidence: ['Each of them answers 401 to sessions that began on another pod.'],
      next: `set SESSION_REDIS_URL in fleet/apps/${of}.yaml; see it live: npm run repro -- memory-sessions`,
    },
  ];
}

/** For each probe that was answered wrongly, what each pod answered to it. */
function wrong(answers: readonly ProbeAnswer[]): Finding[] {
  const byProbe = Map.groupBy(
    answers.filter(({ status }) => status > 0),
    ({ probe }) => probe,
  );
  return [...byProbe].flatMap(([probe, asked]) => {
    const refused = asked.filter(({ problem }) => problem !== undefined);
    const [first] = refused;
    if (!first) return [];
    const hasEnded = probe === 'session' && refused.length === asked.length;
    return [
      {
        what: `${first.problem} The first was at ${duration(first.at)}.`,
        evidence: [...Map.groupBy(asked, ({ pod }) => pod)].map(
          ([pod, its]) => `${pod || 'without a name'}: ${statusesOf(its)}`,
        ),
        next: hasEnded
          ? 'every pod refuses this session, so it may have ended: sign in again, and give the new cookie'
          : `kubectl logs ${refused.find(({ pod }) => pod !== '')?.pod ?? `deployment/${first.of}`}`,
      },
    ];
  });
}

const statusesOf = (answers: readonly ProbeAnswer[]): string =>
  [...Map.groupBy(answers, ({ status }) => status)].map(([status, its]) => `${its.length} x ${status}`).join(', ');

/** What the pods of an app say about themselves, where it is not the same for all. */
function different(of: Role, answers: readonly ProbeAnswer[]): Finding[] {
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
