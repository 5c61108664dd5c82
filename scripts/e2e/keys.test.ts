import { PassThrough } from 'node:stream';
import { afterEach, expect, test, vi } from 'vitest';
import { readKeys } from './keys.ts';

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
