import { podIn } from '../../../fleet/pod-names.ts';
import type { LiveResponse } from '../../../fleet/engines/live/live.ts';
import { discoveryUrl } from '../../claims/discovery-url.ts';
import { jsonObject } from '../json-object.ts';
import { answersTo, type AskRound } from '../probes.ts';
import { otherIssuer } from '../rules/discovery.ts';
import { isRefusal, notThere, requestIdOf } from '../rules/refusals.ts';
import type { AnyAppContext } from './checks.ts';
import { followSignIn } from './find-sign-in.ts';

const isServed = (status: number): boolean => status === 200;

/**
 * What is asked of an app in each round: whether it is ready, a call with the session and one without, a sign-in, and the
 * description of its issuer, as far as they are known.
 */
export function roundOf({ app, live, session, signIn }: AnyAppContext, of: string): AskRound {
  const [call] = app.protected;
  const seen = (answer: LiveResponse, problem: string | undefined) => ({
    status: answer.status,
    pod: podIn(answer.headers) ?? '',
    id: requestIdOf(answer),
    problem,
  });
  const get =
    (path: string, how: string, isRight: (status: number) => boolean, cookie?: () => Promise<string>) => async () => {
      const headers = { accept: 'application/json', ...(cookie && { cookie: await cookie() }) };
      // A sign-in before it takes time of its own.
      const askedAt = performance.now();
      const answer = await live.get(app.url + path, { headers });
      const took = performance.now() - askedAt;
      const { status } = answer;
      const wrong =
        notThere([answer], path === app.ready ? '--ready' : '--protected') ??
        `GET ${path}${how} was answered ${status}.`;
      return { ...seen(answer, isRight(status) ? undefined : wrong), took };
    };
  const beginsSignIn = async () => {
    const { authorize, path } = await signIn();
    const now = await followSignIn(live, app.url, path);
    const [place, wanted] = [now.authorize, authorize].map((url) => url && url.origin + url.pathname);
    const elsewhere = `A sign-in leads to ${place ?? 'nowhere'}, not to ${wanted}.`;
    return seen(now.answer, place === wanted ? undefined : elsewhere);
  };
  const describes = (issuer: string) => async () => {
    const url = discoveryUrl(issuer);
    const { status, body } = await live.get(url);
    const document = status === 200 ? jsonObject(body) : undefined;
    return {
      status,
      problem: document ? otherIssuer(url, document, issuer) : `${url} answers ${status}, and no discovery document.`,
    };
  };
  const looks = {
    ready: app.ready ? get(app.ready, '', isServed) : undefined,
    'no session': call ? get(call, ' without a session', isRefusal) : undefined,
    session: call && session ? get(call, ' with the session', isServed, session) : undefined,
    'sign-in': beginsSignIn,
  };
  const { issuer } = app;
  const provider = issuer ? (URL.parse(issuer)?.host ?? issuer) : '';
  return (at) =>
    Promise.all([
      ...answersTo({ at, of }, looks),
      ...(issuer ? answersTo({ at, of: provider }, { discovery: describes(issuer) }) : []),
    ]);
}
