import { expect, test } from 'vitest';
import { Inbox } from './inbox.ts';

test('what arrives is taken together, once', async () => {
  const inbox = new Inbox<number>();
  inbox.put(1);
  inbox.put(2);
  await inbox.arrival();
  expect(inbox.take()).toEqual([1, 2]);
  const next = inbox.arrival();
  inbox.put(3);
  await next;
  expect(inbox.take()).toEqual([3]);
});

test('who waits learns of the end', async () => {
  const inbox = new Inbox<number>();
  const waiting = inbox.arrival();
  inbox.fail(new Error('the end'));
  await expect(waiting).rejects.toThrow('the end');
});
