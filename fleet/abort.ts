/** The error of an aborted start, for any abort reason. */
export const abortError = (): DOMException => new DOMException('The start was canceled.', 'AbortError');

/** Unlike `signal.throwIfAborted()`, throws the same error for every reason, such as a timeout. */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw abortError();
}
