import { abortError } from '../../fleet/abort.ts';
import { interruption } from '../command/interruption.ts';

/**
 * The result of work that knows no signal. Rejects at once when the command is interrupted, so that the fleet below the
 * work is taken down and the work ends with it.
 */
export async function interruptible<Result>(work: Promise<Result>): Promise<Result> {
  const { promise: interrupted, reject } = Promise.withResolvers<never>();
  const stop = (): void => reject(abortError());
  interruption.addEventListener('abort', stop, { once: true });
  if (interruption.aborted) stop();
  try {
    return await Promise.race([work, interrupted]);
  } finally {
    interruption.removeEventListener('abort', stop);
  }
}
