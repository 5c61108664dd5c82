import { asHarnessError } from '../../run/file-system-fault.ts';
import { writeRunState } from '../../run/state.ts';
import type { RunState } from '../../run/state.ts';

interface RecorderOptions {
  say?: (line: string) => void;
  write?: (state: RunState) => void;
}

/**
 * Keeps the state of a run on disk in sync with memory. Each write contains the whole state, so the next write makes up
 * for a failed one.
 */
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

  /** For a change that the fleet does not depend on: a full disk must not end the run. */
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

  /** For a change that others depend on. @throws the error of the write. */
  require(change: (state: RunState) => void): void {
    change(this.#state);
    // While the run is ending its folder is removed, and later changes are not needed.
    if (this.#closed) return;
    this.#write(this.#state);
    this.#failing = false;
  }

  close(): void {
    this.#closed = true;
  }
}
