import { redact } from './redact.ts';

/** Maximum number of characters of an incomplete line that are held back. */
const maxHeldChars = 100_000;

/**
 * Removes secrets from a stream of chunks, line by line. A line that may continue in the next chunk is held back until
 * then.
 * @returns `push`, the text that may be shown now; `end`, the rest.
 */
export function chunkRedactor(secrets: readonly string[]) {
  let held = '';
  return {
    push(chunk: string): string {
      const text = held + chunk;
      const end = text.lastIndexOf('\n') + 1;
      held = text.length - end <= maxHeldChars ? text.slice(end) : '';
      return redact(text.slice(0, text.length - held.length), secrets);
    },
    end(): string {
      const rest = redact(held, secrets);
      held = '';
      return rest;
    },
  };
}

/** Redacts all output of this process, since other reporters print the output of tests. */
export function redactTerminal(secrets: readonly string[]): void {
  for (const stream of [process.stdout, process.stderr]) {
    const write = stream.write.bind(stream) as (text: string, done?: () => void) => boolean;
    const { push, end } = chunkRedactor(secrets);
    const decoder = new TextDecoder();
    stream.write = ((chunk: string | Uint8Array, encoding?: unknown, done?: () => void): boolean => {
      const whenDone = typeof encoding === 'function' ? (encoding as () => void) : done;
      const text = push(typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true }));
      if (text !== '') return write(text, whenDone);
      whenDone?.();
      return true;
    }) as typeof stream.write;
    process.on('exit', () => {
      const rest = end();
      if (rest !== '') write(rest);
    });
  }
}
