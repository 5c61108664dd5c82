import { duration } from '../../fleet/duration.ts';
import type { ProofStep } from './prove-regression.ts';

/** The regressions that are being proven, with the step that each is in. Times are milliseconds since the start. */
export class Steps {
  readonly #now: () => number;
  readonly #begin: number;
  readonly #all: number;
  readonly #running = new Map<string, Array<{ step: ProofStep; at: number }>>();
  #done = 0;

  /** @param all how many regressions there are. */
  constructor(all: number, now = (): number => performance.now()) {
    this.#all = all;
    this.#now = now;
    this.#begin = now();
  }

  enter(regression: string, step: ProofStep): void {
    this.#running.set(regression, [...(this.#running.get(regression) ?? []), { step, at: this.#now() }]);
  }

  /** Ends a regression. @returns how long its steps took: `build 0.1 s, up 3.2 s, specs 30.9 s`. */
  leave(regression: string): string {
    const steps = this.#running.get(regression) ?? [];
    this.#running.delete(regression);
    this.#done += 1;
    const end = this.#now();
    return steps.map(({ step, at }, index) => `${step} ${duration((steps[index + 1]?.at ?? end) - at)}`).join(', ');
  }

  /** `[3/70] 2 min gone, about 40 min left`. */
  get summary(): string {
    const gone = this.#now() - this.#begin;
    const left = this.#done === 0 ? 0 : (gone / this.#done) * (this.#all - this.#done);
    return `[${this.#done}/${this.#all}] ${duration(gone)} gone${left > 0 ? `, about ${duration(left)} left` : ''}`;
  }

  /** A line for each regression that is being proven, and the summary. */
  lines(): string[] {
    const running = [...this.#running].flatMap(([regression, steps]) => {
      const last = steps.at(-1);
      return last ? [`  ${regression}: ${last.step} ${duration(this.#now() - last.at)}`] : [];
    });
    return [...running, this.summary];
  }
}
