import { podIn } from '../../../fleet/pod-names.ts';
import type { LiveResponse } from '../../../fleet/engines/live/live.ts';
import { counted, repeated } from '../check.ts';

/** `12 x 401 from pod-a`, by what was answered. */
export const answersOf = (answers: readonly LiveResponse[]): string =>
  counted(answers, ({ status, headers }) =>
    [status, podIn(headers) && `from ${podIn(headers)}`].filter(Boolean).join(' '),
  );

/** A sentence about a path that somebody named and that is not there; undefined: it is. */
export const notThere = (answers: readonly LiveResponse[], option: string): string | undefined =>
  answers.every(({ status }) => status === 404)
    ? `GET ${answers[0]?.url} was answered ${answersOf(answers)}: it has no such path. Give another: ${option} <path>.`
    : undefined;

/** A sentence about answers 5xx, which say nothing about sessions or settings; undefined: there is none. */
export function failing(answers: readonly LiveResponse[]): string | undefined {
  const failed = answers.filter(({ status }) => status >= 500);
  return failed.length > 0
    ? `GET ${failed[0]?.url} was answered ${answersOf(answers)}: look whether each pod runs, and at the log of those that fail.`
    : undefined;
}

/** A call without a session, before calls with one and after them. */
export type Stranger = Readonly<Record<'before' | 'after', Pick<LiveResponse, 'url' | 'status'>>>;

/** A sentence about a stranger who is answered like somebody else. Undefined: it is not so. */
export const keptForOthers = ({ before, after: { url, status } }: Stranger): string | undefined =>
  status === 200 && before.status !== 200
    ? `After a session of somebody, GET ${url} without one was answered 200: something in front keeps what has Cache-Control: no-store, and gives it to others. Look at the caches of the ingress and the CDN.`
    : undefined;

/** What to look at when a cache gave one answer to several requests. @param ids their `x-request-id`; empty: none. */
export const adviceOnKept = (ids: ReadonlyArray<string | undefined>): string | undefined => {
  const known = ids.filter(Boolean);
  return new Set(known).size < known.length
    ? 'some of them are one answer, as their x-request-id says, which something in front keeps: look at the caches of the ingress and the CDN'
    : undefined;
};

export const requestIdOf = ({ headers }: Pick<LiveResponse, 'headers'>): string =>
  String(headers['x-request-id'] ?? '');

/** Of an app that nothing is known of. */
export const isRefusal = (status: number): boolean => status === 401 || status === 403;

/**
 * What paths that need a session answer without one, and with a worthless one.
 * @param option that names the paths, where somebody does.
 */
export async function refusals(
  get: (path: string, headers: Record<string, string>) => Promise<LiveResponse>,
  paths: readonly string[],
  cookie: string | undefined,
  isRight: (status: number) => boolean = (status) => status === 401,
  option?: string,
): Promise<{ saw: string; faults: string[] }> {
  const faults: string[] = [];
  const all: LiveResponse[] = [];
  const who = { 'no cookie': {}, ...(cookie && { 'a worthless cookie': { cookie: `${cookie}=worthless` } }) };
  for (const path of paths)
    for (const [name, headers] of Object.entries(who)) {
      const answers = await repeated(() => get(path, headers));
      all.push(...answers);
      if (answers.every(({ status }) => isRight(status))) continue;
      const wrong = `GET ${answers[0]?.url} with ${name} was answered ${answersOf(answers)}, not 401`;
      const next =
        adviceOnKept(answers.map(requestIdOf)) ??
        (answers.some((answer) => podIn(answer.headers))
          ? 'look at the log of that pod'
          : 'look whether the app asks for a session there, and at what is before it, which may replace refusals');
      faults.push((option && notThere(answers, option)) ?? `${wrong}: ${next}.`);
    }
  return { saw: answersOf(all), faults };
}
