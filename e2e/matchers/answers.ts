import type { APIResponse } from '@playwright/test';
import { messageIn } from '../../fleet/edge/client.ts';
import type { LedgerRow } from '../../fleet/edge/row.ts';

/** The result of one request, with everything that a failed assertion prints. */
export interface Answer {
  /** 0: there was no response. */
  status: number;
  /** Error code of the socket, or of the edge. */
  error?: string;
  method?: string;
  url?: string;
  /** The pod that responded; empty when the edge or the ingress did. */
  pod?: string;
  revision?: string;
  /** The sentence in the body of an error response. */
  message?: string;
}

const maxMessageLength = 120;

/** An error of the apps is JSON; edge and ingress respond with a line of text. */
const sentenceIn = (body: string): string => (messageIn(body).trim().split('\n')[0] ?? '').slice(0, maxMessageLength);

/** The answer in a response of any client. @param response its body matters for errors alone. */
export function answerIn(response: {
  status: number;
  method: string;
  url: string;
  headers: Readonly<Record<string, string | string[] | undefined>>;
  body: string;
}): Required<Answer> {
  const { status, method, url, headers, body } = response;
  const header = (name: string): string => String(headers[name] ?? '');
  return {
    status,
    method,
    url,
    pod: header('x-served-by'),
    revision: header('x-revision'),
    error: header('x-edge-error'),
    message: status >= 400 ? sentenceIn(body) : '',
  };
}

/** There was no response, for this error of a socket. */
export const noAnswer = (method: string, url: string, error: NodeJS.ErrnoException): Required<Answer> => ({
  ...answerIn({ status: 0, method, url, headers: {}, body: '' }),
  error: error.code ?? error.name,
});

/** Reads a response of the browser's API client. @param method of the request. */
export async function answerOf(response: APIResponse, method = 'GET'): Promise<Answer> {
  const status = response.status();
  const body = status >= 400 ? await response.text() : '';
  return answerIn({ status, method, url: response.url(), headers: response.headers(), body });
}

/** `401 by shop-b (r-1): You are not signed in.` */
export function describeAnswer({ status, error, pod, revision, message }: Answer): string {
  const by = pod ? ` by ${pod}` : '';
  const on = revision ? ` (${revision})` : '';
  return `${status || 'no answer'}${error ? ` ${error}` : ''}${by}${on}${message ? `: ${message}` : ''}`;
}

export const describeRequest = ({ method = 'GET', url }: Answer): string =>
  url === undefined ? 'a request' : `${method} ${URL.parse(url)?.pathname ?? url}`;

/**
 * Every response is a 2xx, because a redirect may lead to the sign-in page. The message counts the others by status and
 * pod, and shows the first one in full.
 */
export function toAllSucceed(answers: readonly Answer[]) {
  const failed = answers.filter(({ status }) => status < 200 || status >= 300);
  const [first] = failed;
  return {
    pass: answers.length > 0 && failed.length === 0,
    message: () =>
      first === undefined
        ? 'there were no answers at all'
        : `${failed.length} of ${answers.length} requests failed: ${tally(failed)}. ` +
          `The first: ${describeRequest(first)} was answered ${describeAnswer(first)}`,
  };
}

function tally(failed: readonly Answer[]): string {
  const groups = Map.groupBy(failed, ({ status, error, pod }) =>
    describeAnswer({ status, ...(error ? { error } : {}), ...(pod ? { pod } : {}) }),
  );
  return [...groups].map(([what, its]) => `${its.length} x ${what}`).join(', ');
}

/**
 * The rows belong to one session and at least `count` pods served them: those that the responses name, or that the edge chose. Fails as *unproven*: a result on one pod proves
 * nothing about two pods (with a sticky cookie, keep-alive on a NodePort or a single replica everything looks green).
 */
export function toSpanPods(
  rows: ReadonlyArray<Pick<LedgerRow, 'session' | 'servedBy' | 'pod'> & Partial<Pick<LedgerRow, 'cookies'>>>,
  count: number,
) {
  const sessions = new Set(rows.map((row) => row.session).filter(Boolean));
  const pods = new Set(rows.map(({ servedBy, pod }) => servedBy || pod).filter(Boolean));
  const cookies = new Set(rows.flatMap((row) => row.cookies ?? []));
  const pass = sessions.size === 1 && pods.size >= count;
  return {
    pass,
    message: () =>
      sessions.size === 1
        ? `unproven: ${pods.size} of the ${count} pods wanted served session ${[...sessions].join()} (${[...pods].join(', ') || 'none'}) in ${rows.length} responses`
        : `unproven: the ${rows.length} responses belong to ${sessions.size} sessions, not to one${sessions.size === 0 ? `: no request has the session cookie of this name; they have ${[...cookies].join(', ') || 'no cookies'}` : ''}`,
  };
}
