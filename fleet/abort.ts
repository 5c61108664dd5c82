/** The error of a start that was aborted, for any abort reason. */
export const abortError = (): DOMException => new DOMException('The start was given up.', 'AbortError');

/** Unlike `signal.throwIfAborted()`, with the same error whatever the reason is, such as a timeout. */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw abortError();
}
