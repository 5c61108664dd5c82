/**
 * The text of a response with at most this many bytes of UTF-8, so that a service that sends without end takes no memory.
 * @throws Error when it has more; the rest is not read.
 */
export const textOf = async ({ body }: Response, mostBytes: number): Promise<string> => {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body ?? []) {
    bytes += chunk.length;
    if (bytes > mostBytes) throw new Error(`the response has more than ${mostBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
};
