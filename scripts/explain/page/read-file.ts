import { HarnessError } from '../../../fleet/errors.ts';
import { maxBytes, tooLarge } from '../har.ts';

/** The text of a file, decompressed when it is gzip. @throws HarnessError when it is too large or damaged. */
export async function textIn(file: File): Promise<string> {
  if (file.size > maxBytes) throw new HarnessError(`${file.name} ${tooLarge}`);
  const [first, second] = new Uint8Array(await file.slice(0, 2).arrayBuffer());
  if (first === 0x50 && second === 0x4b)
    throw new HarnessError(
      `${file.name} is a zip file. This page reads .har and .har.gz; the command reads traces, too.`,
    );
  if (first !== 0x1f || second !== 0x8b) return file.text();
  const decoder = new TextDecoder();
  const parts: string[] = [];
  let size = 0;
  try {
    for await (const chunk of chunksOf(file.stream().pipeThrough(new DecompressionStream('gzip')))) {
      size += chunk.length;
      if (size > maxBytes) break;
      parts.push(decoder.decode(chunk, { stream: true }));
    }
  } catch {
    throw new HarnessError(`${file.name} is gzip that is damaged or incomplete. Export it again.`);
  }
  if (size > maxBytes) throw new HarnessError(`${file.name} ${tooLarge}`);
  return parts.join('');
}

/** Not every browser can iterate over a stream. */
async function* chunksOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = stream.getReader();
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) yield next.value;
  } finally {
    await reader.cancel();
  }
}
