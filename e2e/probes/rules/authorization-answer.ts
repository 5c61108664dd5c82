import type { LiveResponse } from '../../../fleet/engines/live/live.ts';
import { jsonObject } from '../json-object.ts';
import { locationIn } from './authorization-request.ts';

/** Errors of a provider that knows the client, and would ask its user (OpenID Connect Core 1.0 section 3.1.2.6). */
const asksUser = /^(?:login|interaction|consent|account_selection)_required$/;
const namesError =
  /\binvalid[_ ](?:client|request|redirect|scope)|\bunauthorized_client|AADSTS\d+:|redirect[_ -]ur[il]\b|callback url|client[_ ](?:id )?(?:error|not found)|unknown client/i;
const mostWords = 160;

/** What a person would read in a page, or in an error in JSON. */
export function wordsOf(body: string): string {
  const json = jsonObject(body);
  if (json) return [json['error'], json['error_description']].filter(Boolean).join(': ');
  const text = body
    .replaceAll(/<(script|style)\b[^]*?<\/\1>/gi, ' ')
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim();
  return text.length > mostWords ? `${text.slice(0, mostWords)} …` : text;
}

/** An address that providers take for development alone. */
const isPlain = /^http:\/\/(?!localhost\b|127\.|\[::1\])/;

/**
 * What is wrong where a provider answers with this status, after which `named` stands when the page names an error of
 * OAuth, or redirects with this error, and what to do.
 */
const adviceOn: ReadonlyArray<readonly [seen: RegExp, what: string, advice: (client: string) => string]> = [
  [/^429/, 'limits requests', () => 'look at the rate limits in front of it, or ask later'],
  [/^(?:5|server_error|temporarily_)/, 'fails', () => 'look whether it runs, and at its log'],
  [/^(?:404|410)/, 'has no such endpoint', () => "look at the issuer or realm in the app's environment"],
  [
    /^\D/,
    'refuses the sign-in',
    () => 'compare what its client may ask for: grant types, scopes, redirect URIs, policies',
  ],
  [
    /^4\d\d$/,
    'refuses the request, and names neither client nor redirect URI',
    (client) =>
      `look at the rules of what is before it, such as a firewall, at its log, and last at what is registered there: ${client}`,
  ],
  [
    /^/,
    'refuses the client or its redirect URI',
    (client) =>
      isPlain.test(client)
        ? "its redirect_uri has http: look what rewrites redirects on the way, and at the app's own address in its environment"
        : `register ${client}, or correct the app's environment`,
  ],
];

/** Errors of a provider that does not offer what an app asks for in place of a code. */
const otherType = /^(?:invalid_request|unsupported_response_type|unauthorized_client)$/;

/**
 * A sentence when a provider does not go on with an authorization request (RFC 6749 section 4.1.2.1).
 * @param who begins it, such as `operator`.
 */
export function refusedSignIn(who: string, request: URL, answer: LiveResponse): string | undefined {
  const { status, body } = answer;
  const to = locationIn(answer);
  const given = new URLSearchParams([...(to?.searchParams ?? []), ...new URLSearchParams(to?.hash.slice(1))]);
  const error = ['error', 'authError'].map((name) => given.get(name)).find((value) => value !== null);
  const words = wordsOf(body);
  const isNamed = namesError.test(words) || /AADSTS\d+:/.test(body);
  const isRefused = to
    ? error !== undefined && !asksUser.test(error ?? '')
    : status >= 300 || isNamed || !/<(?:form|input|script)\b/i.test(body);
  if (!isRefused) return undefined;
  const said = to ? [error, given.get('error_description')].filter(Boolean).join(': ') : words;
  const type = request.searchParams.get('response_type') ?? 'code';
  const [, what = '', advice = String] =
    type !== 'code' && otherType.test(error ?? '')
      ? ([/^/, `does not offer response_type=${type}`, () => `let the app ask for response_type=code`] as const)
      : (adviceOn.find(([seen]) => seen.test(error ?? `${status}${isNamed ? ' named' : ''}`)) ?? []);
  const client = `${request.searchParams.get('redirect_uri')} for the client ${request.searchParams.get('client_id')}`;
  return `${request.host} ${what}: the sign-in of ${who} at ${request.pathname} is answered with ${status}${said && ` "${said}"`}, not with a login: ${advice(client)}.`;
}
