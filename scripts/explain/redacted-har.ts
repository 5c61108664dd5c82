import { splitSetCookieString } from 'cookie-es';
import { podHeaders, podName, revisionName } from '../../fleet/pod-names.ts';
import { fileEnding, isWord } from './words.ts';
import { cacheHeaders, cacheHit } from './story.ts';
import { entrySchema } from './exchange.ts';
import { namesOfPeople } from './personal-data.ts';

/** Parameters whose values belong to the app and not to a person. */
const plainParameters = /^(?:client_id|response_type|response_mode|scope|prompt|code_challenge_method)$/;
/** Characters; the pattern for a state in a name takes too long for more. */
const longestName = 256;
const attributes = /^(?:path|domain|expires|max-age|secure|httponly|samesite|partitioned)$/i;

/**
 * A copy of a HAR that explains the same and holds nothing of a person: only what an explanation reads is copied, each
 * value by a placeholder that stands for it everywhere.
 */
export function redactedHar(entries: readonly unknown[]): { log: object } {
  const people = namesOfPeople(entries);
  const known = new Map<string, string>();
  /** Long ones stay long, because browsers refuse some of those. */
  const placeholder = (kind: string, value: string): string => {
    if (value === '') return '';
    const key = `${kind} ${value}`;
    const name = known.get(key) ?? `${kind}-${known.size + 1}`;
    known.set(key, name);
    return value.length > 2048 ? name.padEnd(value.length, '-') : name;
  };
  const part = (text: string): string => {
    const isPlain = text === '' || (isWord(text) && !people.has(text.toLowerCase()));
    const ending = fileEnding.exec(text)?.[0] ?? (text.includes('.') ? '.x9' : '');
    return isPlain ? text : `~${placeholder('part', text)}${ending}`;
  };
  const path = (text: string): string => text.split('/').map(part).join('/');
  const word = (text: string): string => (isWord(text) ? text : placeholder('name', text));
  const address = (text: string, base?: string): string => {
    const url = URL.parse(text, base);
    if (!url) return '';
    if (!/^https?:$/.test(url.protocol)) return 'data:,redacted';
    const query = [...url.searchParams].map(
      ([name, value]) => `${encodeURIComponent(word(name))}=${encodeURIComponent(parameter(name, value))}`,
    );
    return `${url.origin}${path(url.pathname)}${query.length > 0 ? `?${query.join('&')}` : ''}`;
  };
  const parameter = (name: string, value: string): string => {
    if (/^https?:/.test(value)) return address(value);
    if (name === 'error') return word(value);
    return plainParameters.test(name) && !people.has(value.toLowerCase()) ? value : placeholder('value', value);
  };
  /** Some apps have the state of a sign-in in the name of its cookie. */
  const cookieName = (text: string): string =>
    text.length > longestName
      ? placeholder('name', text)
      : text.replace(/(?=(?:[a-z_-]*\d){3})[\w-]{16,}/i, (its) => placeholder('name', its));
  const cookie = (text: string): string => {
    const at = text.indexOf('=');
    if (at < 0) return 'redacted';
    return `${cookieName(text.slice(0, at).trim())}=${placeholder('cookie', text.slice(at + 1))}`;
  };
  const setCookie = (text: string): string[] =>
    splitSetCookieString(text.replaceAll(/[\r\n]+/g, ', ')).map((each) => {
      const [pair = '', ...others] = each.split(/; */);
      const kept = others
        .filter((other) => attributes.test(other.split('=')[0]!))
        .map((other) => other.replace(/^path=(.*)/i, (_, its: string) => `Path=${path(its)}`));
      return [cookie(pair), ...kept].join('; ');
    });
  const matching =
    (pattern: RegExp) =>
    (text: string): string | undefined =>
      pattern.exec(text)?.[0];
  const header: Record<string, (value: string, base: string) => string | string[] | undefined> = {
    ...Object.fromEntries(podHeaders.map((name) => [name, podName])),
    ...Object.fromEntries(cacheHeaders.map((name) => [name, matching(cacheHit)])),
    accept: matching(/text\/html|application\/json/),
    age: matching(/^\d{1,9}$/),
    'clear-site-data': (text) => text.match(/"(?:cookies|cache|storage|\*)"/g)?.join(', '),
    'content-type': matching(/^[\w-]+\/[\w.+-]+/),
    cookie: (text) => text.split(/; */).map(cookie).join('; '),
    date: (text) => (Number.isNaN(Date.parse(text)) ? undefined : new Date(text).toUTCString()),
    location: address,
    'sec-fetch-dest': matching(/^[a-z]+$/),
    'sec-fetch-mode': matching(/^[a-z-]+$/),
    'sec-fetch-site': matching(/^[a-z-]+$/),
    'sec-purpose': matching(/prefetch/),
    purpose: matching(/prefetch/),
    'set-cookie': setCookie,
    'x-request-id': matching(/^[\w.-]{8,64}$/),
    'x-revision': revisionName,
    'x-session': (text) => (/^[\da-f]{12}$/.test(text) ? label(text) : undefined),
    'x-session-reason': matching(/^[a-z-]{1,40}$/),
  };
  const labels = new Map<string, string>();
  const label = (text: string): string => {
    if (!labels.has(text)) labels.set(text, String(labels.size + 1).padStart(12, '0'));
    return labels.get(text)!;
  };
  const headers = (all: ReadonlyArray<{ name: string; value: string }>, base: string) =>
    all.flatMap(({ name, value }) => {
      const keep = Object.hasOwn(header, name.toLowerCase()) ? header[name.toLowerCase()] : undefined;
      return [keep?.(value, base) ?? []].flat().map((text) => ({ name: name.toLowerCase(), value: text }));
    });
  const empty = { cookies: [], headersSize: -1, bodySize: -1, httpVersion: '' };
  const entryOf = (entry: unknown): object | null => {
    const { data } = entrySchema.safeParse(entry);
    if (!data) return null;
    const { request, response, startedDateTime, time } = data;
    const { status, redirectURL = '', _error = '', _failureText = _error } = response;
    return {
      startedDateTime: new Date(startedDateTime).toISOString(),
      time,
      request: {
        ...empty,
        method: matching(/^[A-Z]{1,20}$/)(request.method) ?? 'GET',
        url: address(request.url),
        queryString: [],
        headers: headers(request.headers, request.url),
      },
      response: {
        ...empty,
        status,
        statusText: '',
        headers: headers(response.headers, request.url),
        content: { size: 0, mimeType: '' },
        redirectURL: redirectURL === '' ? '' : address(redirectURL, request.url),
        _failureText: matching(/^net::ERR_[A-Z\d_]{1,60}$/)(_failureText) ?? '',
      },
      cache: {},
      timings: { send: 0, wait: time, receive: 0 },
    };
  };
  return { log: { version: '1.2', creator: { name: 'redacted copy', version: '1' }, entries: entries.map(entryOf) } };
}
