/** The error of a start that was aborted, for any abort reason. */
export const givenUp = (): DOMException => new DOMException('The start was given up.', 'AbortError');

export function throwIfGivenUp(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw givenUp();
}
