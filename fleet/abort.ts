/** What a start that was given up ends with, whatever reason its signal carries. */
export const givenUp = (): DOMException => new DOMException('The start was given up.', 'AbortError');

export function throwIfGivenUp(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw givenUp();
}
