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
  const reader = file.stream().pipeThrough(new DecompressionStream('gzip')).getReader();
  const parts: string[] = [];
  let size = 0;
  // Not every browser can iterate over a stream.
  const read = () =>
    reader.read().catch(() => {
      throw new HarnessError(`${file.name} is gzip that is damaged or incomplete. Export it again.`);
    });
  for (let next = await read(); !next.done; next = await read()) {
    size += next.value.length;
    if (size > maxBytes) throw new HarnessError(`${file.name} ${tooLarge}`);
    parts.push(decoder.decode(next.value, { stream: true }));
  }
  return parts.join('');
}
