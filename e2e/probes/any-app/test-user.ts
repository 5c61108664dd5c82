import { Unreachable } from '../../../fleet/engines/live/unreachable.ts';
import type { Live } from '../../../fleet/engines/live/live.ts';
import { HarnessError } from '../../../fleet/errors.ts';
import { signInByHttp } from '../../claims/sign-in-by-http.ts';
import { oneLine } from '../../../fleet/one-line.ts';
import { redact } from '../../report/redact.ts';
import { CheckFailed } from '../check.ts';
import type { Account } from '../account.ts';
import { seenCause, withheldCookie } from '../rules/failed-sign-in.ts';
import { tooSmall } from '../rules/in-front.ts';
import { Visitor } from '../visitor.ts';

/** What to look at, by where a sign-in got no further. */
const adviceOn: ReadonlyArray<readonly [where: RegExp, advice: string]> = [
  [
    /which is no login flow of Authentik/,
    'it needs a browser. Sign in there, and give its cookie header: --session <file>',
  ],
  [
    /login flow of Authentik/,
    'look whether the account is active, and may open the app. A second factor needs a browser: sign in there, and give its cookie header: --session <file>',
  ],
  [/\/authorize\/ answered 4/, 'compare client id and redirect URI of its provider'],
  [/\/executor\S* answered 4/, 'look at the provider, and at the rules in front of it'],
  [/\/(?:authorize\/|executor\S*) answered 5/, 'look whether the provider runs, and at its log'],
  [/answered (?:413|414|431)/, tooSmall],
  [/answered 403/, 'look at the rules of a firewall before the app, and at the log of the app'],
  [/it leads to/, 'is that the provider that --issuer names? The password is sent to no other'],
  [/provider refuses/, 'compare what the app asks for with its provider'],
];

/**
 * Signs a test user in to an app whose provider is Authentik. The password is sent to the issuer alone.
 * @param path where the sign-in begins.
 * @param call the path that the session is for.
 * @returns the `cookie` header of the session, and the cause if it turns out to be none.
 * @throws CheckFailed that names no secret; Unreachable.
 */
export async function cookieOf(
  account: Account,
  {
    live,
    url,
    path,
    issuer,
    call,
  }: { live: Pick<Live, 'send'>; url: string; path: string; issuer: string; call: string },
): Promise<{ cookie: string; cause: string | undefined }> {
  const provider = new URL(issuer).origin;
  const isOfFlow = ({ origin, pathname }: URL): boolean =>
    origin === provider && pathname.startsWith('/api/v3/flows/executor/');
  const visitor = new Visitor(live, [url, provider], isOfFlow);
  try {
    await signInByHttp(visitor, url, account, path, { home: null });
  } catch (error) {
    if (error instanceof Unreachable || error instanceof HarnessError) throw error;
    // The provider may repeat what was entered.
    const { reason, said } = visitor;
    const where = redact(`${(error as Error).message.replace(/\.$/, '')}${said && `, and says "${oneLine(said)}"`}`, [
      account.username,
      account.password,
    ]);
    const cause =
      seenCause(visitor, url) ??
      (reason && `the app says ${oneLine(reason)} in x-session-reason: look at its log`) ??
      withheldCookie(visitor);
    const [
      ,
      advice = "look at the app's log: its token request may fail, its store may keep nothing, something on the way may remove the query or the cookies of the callback, or another pod has what the sign-in began with",
    ] = adviceOn.find(([pattern]) => pattern.test(where)) ?? [];
    throw new CheckFailed(
      `The test user did not get through the sign-in (${where}): ${(cause ?? advice).replace(/\.$/, '')}.`,
    );
  }
  const cookie = visitor.cookieOf(url + call);
  const cause = seenCause(visitor, url) ?? withheldCookie(visitor);
  if (cookie) return { cookie, cause };
  throw new CheckFailed(
    `The test user signed in, and ${cause ?? 'the app set no cookie: look at its log and its settings of cookies'}.`,
  );
}
