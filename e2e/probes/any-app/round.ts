import { podIn } from '../../../fleet/pod-names.ts';
import { Unreachable } from '../../../fleet/engines/live/unreachable.ts';
import type { LiveResponse } from '../../../fleet/engines/live/live.ts';
import { CheckFailed } from '../check.ts';
import type { AskRound, ProbeAnswer, ProbeName } from '../probes.ts';
import type { AnyAppContext } from './checks.ts';
import { followSignIn } from './find-sign-in.ts';

interface Question {
  probe: ProbeName;
  times: number;
  ask: () => Promise<{ answer: LiveResponse; problem: string | undefined }>;
}

/**
 * What is asked of an app in each round: whether it is ready, a call with the session and one without, and a sign-in, as far
 * as they are known.
 */
export function roundOf({ app, live, session, signIn }: AnyAppContext, name: string): AskRound {
  const [call] = app.protected;
  const get = (
    probe: ProbeName,
    times: number,
    path: string,
    isRight: (status: number) => boolean,
    cookie?: string,
  ): Question => ({
    probe,
    times,
    ask: async () => {
      const headers = { accept: 'application/json', ...(cookie && { cookie }) };
      const answer = await live.get(app.url + path, { headers });
      const how = cookie ? ' with the session' : probe === 'ready' ? '' : ' without a session';
      return {
        answer,
        problem: isRight(answer.status) ? undefined : `GET ${path}${how} was answered ${answer.status}.`,
      };
    },
  });
  const isServed = (status: number): boolean => status === 200;
  const questions: Question[] = [
    ...(app.ready ? [get('ready', 4, app.ready, isServed)] : []),
    ...(call ? [get('no session', 2, call, (status) => status === 401 || status === 403)] : []),
    ...(call && session ? [get('session', 4, call, isServed, session)] : []),
    {
      probe: 'sign-in',
      times: 1,
      ask: async () => {
        const { authorize, path } = await signIn();
        const now = await followSignIn(live, app.url, path);
        const [place, wanted] = [now.authorize, authorize].map((url) => url && url.origin + url.pathname);
        const problem = place === wanted ? undefined : `A sign-in leads to ${place ?? 'nowhere'}, not to ${wanted}.`;
        return { answer: now.answer, problem };
      },
    },
  ];
  const answerTo = async ({ probe, ask }: Question, at: number): Promise<ProbeAnswer> => {
    const base = { at, of: name, probe, revision: '', facts: {} };
    try {
      const { answer, problem } = await ask();
      return { ...base, status: answer.status, pod: podIn(answer.headers) ?? '', ...(problem && { problem }) };
    } catch (error) {
      if (!(error instanceof Unreachable || error instanceof CheckFailed)) throw error;
      return { ...base, status: 0, pod: '', problem: error.message };
    }
  };
  return (at) =>
    Promise.all(questions.flatMap((question) => Array.from({ length: question.times }, () => answerTo(question, at))));
}
