import type { Model } from './model.ts';
import type { World } from './world.ts';

/** A kind of action. The details of one are plain data, so that a sequence of them can be printed and run again. */
export interface StepKind<Details> {
  /** For a reader: `anna signs in to operator on the laptop`. */
  sentence(step: Details): string;
  /** Whether it can happen now. Absent: always. */
  applies?(step: Details, model: Model): boolean;
  /** Performs it, and updates the model. @throws Error when a user sees something else. */
  perform(step: Details, world: World): Promise<void>;
}

export const stepKind = <Details>(kind: StepKind<Details>): StepKind<Details> => kind;
