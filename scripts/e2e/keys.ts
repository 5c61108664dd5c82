import { emitKeypressEvents } from 'node:readline';

/** Reads single keys of a terminal; without a terminal there are none. Ctrl-C interrupts this process. */
export function readKeys(onKey: (name: string) => void): Disposable {
  const { stdin } = process;
  if (!stdin.isTTY) return { [Symbol.dispose]: () => {} };
  const press = (_text: string, { name = '', ctrl }: { name?: string; ctrl: boolean }): void => {
    // A terminal in raw mode sends no signal for Ctrl-C.
    if (ctrl && name === 'c') process.kill(process.pid, 'SIGINT');
    else onKey(name);
  };
  emitKeypressEvents(stdin);
  stdin.setRawMode(true);
  stdin.on('keypress', press);
  stdin.resume();
  return {
    [Symbol.dispose]() {
      stdin.off('keypress', press);
      stdin.setRawMode(false);
      stdin.pause();
    },
  };
}
