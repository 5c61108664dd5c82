import { expect, test } from 'vitest';
import { textOf } from './text-of.ts';

test('a response without a body, and one of the longest text', async () => {
  expect(await textOf(new Response(null), 6)).toBe('');
  expect(await textOf(new Response('säfe!'), 6)).toBe('säfe!');
});

test('a response without end is not read to its end', async () => {
  let sent = 0;
  let cancelled = false;
  const endless = new ReadableStream({
    pull: (stream) => stream.enqueue(new Uint8Array((sent += 1) && 1024)),
    cancel: () => void (cancelled = true),
  });
  await expect(textOf(new Response(endless), 10_240)).rejects.toThrow('more than 10240 bytes');
  expect([cancelled, sent]).toEqual([true, expect.toSatisfy((chunks: number) => chunks < 20)]);
});
