import { once } from 'node:events';
import { request } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { CannotRunHere, exitCodes, HarnessError, ProductFailed, type ReportedError } from '../../errors.ts';
import { notUpYet } from '../../run/state.ts';
import type { RunState } from '../../run/state.ts';
import type { Answers, Bodies, CallName, ErrorBody } from './protocol.ts';

/**
 * Calls the supervisor of a run. Waits as long as the supervisor needs. Uses node:http, because `fetch` gives up after
 * five minutes.
 */
export async function call<Name extends CallName>(
  { runId, control }: Pick<RunState, 'runId' | 'control'>,
  name: Name,
  body: Bodies[Name],
): Promise<Answers[Name]> {
  if (!control) throw notUpYet(runId);
  const { ok, answer } = await post(`${control.url}/${name}`, control.token, body).catch((cause: Error) => {
    throw new HarnessError(
      `The supervisor of ${runId} does not answer at ${control.url}/${name} (${cause.message}). See what is left with: npm run fleet -- list`,
      { cause },
    );
  });
  if (ok) return answer as Answers[Name];
  throw errorFrom(answer as ErrorBody);
}

/** An error of the supervisor, as the same class of error here. */
export function errorFrom({ message, exitCode }: ErrorBody): ReportedError {
  if (exitCode === exitCodes.productFailed) return new ProductFailed(message);
  return exitCode === exitCodes.cannotRunHere ? new CannotRunHere(message) : new HarnessError(message);
}

async function post(url: string, token: string, body: unknown): Promise<{ ok: boolean; answer: unknown }> {
  const outgoing = request(url, {
    method: 'POST',
    agent: false,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
  });
  outgoing.end(JSON.stringify(body));
  const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
  // From here on, a broken connection fails the response.
  outgoing.on('error', () => {});
  const content = await text(response);
  return { ok: response.statusCode === 200, answer: content === '' ? undefined : JSON.parse(content) };
}
