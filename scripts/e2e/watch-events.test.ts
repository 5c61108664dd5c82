import { PassThrough } from 'node:stream';
import { afterEach, expect, test, vi } from 'vitest';
import { Inbox, readKeys } from './watch-events.ts';

afterEach(() => vi.restoreAllMocks());

/** A terminal in place of the standard input. */
function terminal() {
  const setRawMode = vi.fn();
  const stdin = Object.assign(new PassThrough(), { isTTY: true, setRawMode });
  vi.spyOn(process, 'stdin', 'get').mockReturnValue(stdin as never);
  return { stdin, setRawMode };
}

test('keys are passed on, and Ctrl-C interrupts the process, because raw mode sends no signal', async () => {
  const { stdin, setRawMode } = terminal();
  const kill = vi.spyOn(process, 'kill').mockReturnValue(true);
  const keys: string[] = [];
  const reading = readKeys((name) => keys.push(name));
  stdin.write('f\u0003q');
  await expect.poll(() => keys).toEqual(['f', 'q']);
  expect(kill.mock.calls).toEqual([[process.pid, 'SIGINT']]);
  reading[Symbol.dispose]();
  expect(setRawMode.mock.calls).toEqual([[true], [false]]);
});

test('without a terminal nothing is read', () => {
  const { stdin, setRawMode } = terminal();
  stdin.isTTY = false;
  readKeys(() => {})[Symbol.dispose]();
  expect(setRawMode).not.toHaveBeenCalled();
});

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
