import { asHarnessError } from '../../run/file-system-fault.ts';
import { writeRunState } from '../../run/state.ts';
import type { RunState } from '../../run/state.ts';

interface RecorderOptions {
  say?: (line: string) => void;
  write?: (state: RunState) => void;
}

/** Keeps the state of a run on disk as it is in memory. Each write is of all of it, so the next makes up for one that failed. */
export class StateRecorder {
  readonly #state: RunState;
  readonly #say: (line: string) => void;
  readonly #write: (state: RunState) => void;
  #closed = false;
  #failing = false;

  constructor(state: RunState, { say = console.error, write = writeRunState }: RecorderOptions = {}) {
    this.#state = state;
    this.#say = say;
    this.#write = write;
  }

  /** For a change that the fleet can go on without: a disk that fills must not end what runs. */
  record(change: (state: RunState) => void): void {
    try {
      this.require(change);
    } catch (error) {
      if (!this.#failing) {
        this.#say(`The run goes on, but its state cannot be written: ${(asHarnessError(error) as Error).message}`);
      }
      this.#failing = true;
    }
  }

  /** For a change that others cannot do without. @throws the error of the write. */
  require(change: (state: RunState) => void): void {
    change(this.#state);
    // Once the run is ending its folder goes, and what still changes is of no use to anyone.
    if (this.#closed) return;
    this.#write(this.#state);
    this.#failing = false;
  }

  close(): void {
    this.#closed = true;
  }
}
