import { isFailed, otherLanes, type Band, type Mark } from './timeline.ts';

/** Maximum milliseconds between two requests of a sign-in or sign-out. */
const maxStepMs = 15_000;

/** The sign-ins, refreshes and sign-outs in the requests of a test, in order. */
export const bandsIn = (marks: readonly Mark[]): Band[] =>
  [...signIns(marks), ...refreshes(marks), ...signOuts(marks)].toSorted((a, b) => a.at - b.at);

const isToken = ({ method, path }: Mark): boolean => method === 'POST' && path.endsWith('/application/o/token/');
const isLogin = ({ path }: Mark): boolean => path === '/auth/oidc/login';
const isCallback = ({ path }: Mark): boolean => path === '/auth/oidc/callback';
const isLogout = ({ method, path }: Mark): boolean => method === 'POST' && path === '/auth/oidc/logout';
const endOf = ({ at, ms }: Mark): number => at + ms;

const appOf = ({ host }: Mark): string => host.split('.')[0] ?? host;

/** From the request that starts it to the end of the callback, or to the last request before another one starts. */
function signIns(marks: readonly Mark[]): Band[] {
  return marks.filter(isLogin).map((login) => {
    const callback = marks.find((mark) => isCallback(mark) && mark.host === login.host && mark.at >= login.at);
    const end = callback ? endOf(callback) : endOf(login);
    return { kind: 'sign-in', on: appOf(login), label: `sign-in at ${appOf(login)}`, at: login.at, ms: end - login.at };
  });
}

/** Requests to the token endpoint outside of callbacks. */
function refreshes(marks: readonly Mark[]): Band[] {
  const callbacks = marks.filter(isCallback);
  const isExchange = (call: Mark): boolean =>
    callbacks.some((one) => one.lane === call.from && one.at <= call.at && call.at <= endOf(one));
  return marks
    .filter((mark) => isToken(mark) && !isExchange(mark))
    .map((mark) => ({
      kind: 'refresh',
      on: mark.from,
      label: isFailed(mark) ? `refresh answered ${mark.status || 'not at all'}` : 'refresh',
      at: mark.at,
      ms: mark.ms,
    }));
}

const signOuts = (marks: readonly Mark[]): Band[] =>
  signOutsIn(marks).map((hops) => {
    const [first, last] = [hops[0] as Mark, hops.at(-1) as Mark];
    return {
      kind: 'sign-out',
      on: appOf(first),
      label: `sign-out from ${appOf(first)}`,
      at: first.at,
      ms: endOf(last) - first.at,
    };
  });

/** Whether a request is part of a sign-out: Authentik's flows, the page at its end, and hosts outside of the fleet. */
const isOnTheWay = ({ path, lane, from }: Mark): boolean =>
  from === 'browser' &&
  (lane === otherLanes.outside ||
    /^\/(?:flows\/|if\/flow\/|application\/o\/[\w-]+\/end-session\/|signed-out)/.test(path));

/** The requests of each sign-out, the POST of the app first. */
export function signOutsIn(marks: readonly Mark[]): Mark[][] {
  return marks
    .filter((mark) => isLogout(mark))
    .map((logout) => {
      const hops = [logout];
      for (const mark of marks.slice(marks.indexOf(logout) + 1)) {
        if (isLogout(mark) || mark.at - (hops.at(-1)?.at ?? 0) > maxStepMs) break;
        if (!isOnTheWay(mark)) continue;
        hops.push(mark);
        if (mark.path === '/signed-out') break;
      }
      return hops;
    });
}
