import { request } from 'node:http';
import { CannotRunHere, exitCodes, HarnessError, ProductFailed, type ReportedError } from '../../errors.ts';
import { notUpYet } from '../../run/state.ts';
import type { RunState } from '../../run/state.ts';
import type { Calls, ErrorBody } from './protocol.ts';

/**
 * Calls the supervisor of a run. Waits for as long as the supervisor works on it; on node:http, since `fetch` gives up
 * after five minutes.
 */
export async function call<Name extends keyof Calls>(
  run: Pick<RunState, 'runId' | 'control'>,
  name: Name,
  body: Calls[Name]['request'],
): Promise<Calls[Name]['answer']> {
  if (!run.control) throw notUpYet(run.runId);
  const { status, text } = await post(run.runId, `${run.control.url}/${name}`, run.control.token, JSON.stringify(body));
  const answer: unknown = JSON.parse(text);
  if (status === 200) return answer as Calls[Name]['answer'];
  throw errorFrom(answer as ErrorBody);
}

/** An error of the supervisor, as the same class of error here. */
export function errorFrom({ message, exitCode }: ErrorBody): ReportedError {
  if (exitCode === exitCodes.productFailed) return new ProductFailed(message);
  return exitCode === exitCodes.cannotRunHere ? new CannotRunHere(message) : new HarnessError(message);
}

function post(runId: string, url: string, token: string, body: string): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const failed = (cause: Error): void => {
      reject(
        new HarnessError(
          `The supervisor of ${runId} does not answer at ${url} (${cause.message}). See what is left with: npm run fleet -- list`,
          { cause },
        ),
      );
    };
    const call = request(url, {
      method: 'POST',
      agent: false,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    });
    call.once('error', failed);
    call.once('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.once('error', failed);
      response.once('end', () => resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() }));
    });
    call.end(body);
  });
}
