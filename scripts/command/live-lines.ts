import { createLogUpdate } from 'log-update';
import { duration } from '../../fleet/duration.ts';

/** How often a terminal shows the time that has passed, milliseconds. */
const redrawMs = 1_000;
/** How often other outputs say that a command still works, milliseconds. */
const signOfLifeMs = 30_000;

const block = createLogUpdate(process.stderr);
let shown: (() => readonly string[]) | undefined;

/** Prints a line, by default to standard error, above the live lines of a terminal when there are any. */
export function printLine(line: string, stream: NodeJS.WriteStream = process.stderr): void {
  if (shown && process.stderr.isTTY) block.clear();
  stream.write(`${line}\n`);
  if (shown && process.stderr.isTTY) block(shown().join('\n'));
}

/**
 * Shows what a command does right now until it is disposed: lines at the bottom of a terminal, or a line every half
 * minute elsewhere. Of two at a time, the first one stays.
 */
export function showLive(lines: () => readonly string[]): Disposable {
  if (shown) return { [Symbol.dispose]: () => {} };
  shown = lines;
  const { isTTY } = process.stderr;
  const draw = (): void => block(lines().join('\n'));
  const timer = isTTY
    ? setInterval(draw, redrawMs)
    : setInterval(() => lines().forEach((line) => printLine(line)), signOfLifeMs);
  timer.unref();
  return {
    [Symbol.dispose]() {
      clearInterval(timer);
      if (isTTY) block.clear();
      shown = undefined;
    },
  };
}

/** The result of work that takes a while; meanwhile its name and the time that has passed are shown. */
export async function showing<Result>(what: string, work: Promise<Result>): Promise<Result> {
  const begin = performance.now();
  using scope = new DisposableStack();
  scope.use(showLive(() => [`${what} … ${duration(performance.now() - begin)}`]));
  return await work;
}
