import {
  NoResponse,
  type BrowserRequest,
  type BrowserResponse,
} from '../../fixtures/authentik/browser/http-browser.ts';
import { answerIn, type Answer } from '../matchers/answers.ts';

/** A response with everything that the invariants check. */
export interface Received extends Required<Answer>, Pick<BrowserResponse, 'headers' | 'setCookie' | 'body'> {
  /** Milliseconds from the request to the end of the body. */
  ms: number;
}

/** The result of a request. Without a response its status is 0. */
export function receivedFrom(
  { method = 'GET', url }: BrowserRequest & { url: string },
  result: BrowserResponse | NoResponse,
  ms: number,
): Received {
  if (result instanceof NoResponse) {
    const { code, name } = result.cause as NodeJS.ErrnoException;
    const nothing = { pod: '', revision: '', message: '', headers: {}, setCookie: [], body: '' };
    return { status: 0, error: code ?? name, method, url, ms, ...nothing };
  }
  const { status, headers, setCookie, body } = result;
  return { ...answerIn({ status, method, url, headers, body }), headers, setCookie, body, ms };
}
