import type { AuthentikState, Model, PersonName, Place, PodIndex } from './model.ts';
import type { World } from './world.ts';

/** One action as plain data, so that a sequence of them can be printed and run again. */
export type ExploreStep =
  | ({ do: 'sign in'; person: PersonName } & Place)
  | ({ do: 'call'; path: string; pod: PodIndex } & Place)
  | ({ do: 'open page'; path: string; pod: PodIndex } & Place)
  | ({ do: 'call several times at once' } & Place)
  | ({ do: 'call while Authentik is slow' } & Place)
  | ({ do: 'sign out'; pod: PodIndex } & Place)
  | ({ do: 'sign out in a second tab' } & Place)
  | { do: 'replay an old cookie'; nth: number; pod: PodIndex }
  | ({ do: 'tokens become due' } & Place)
  | ({ do: 'tokens are used up' } & Place)
  | ({ do: 'leave unused'; hours: number } & Place)
  | { do: 'token endpoint becomes'; state: AuthentikState }
  | { do: 'revoke refresh tokens'; person: PersonName }
  | { do: 'rotate signing keys'; oldKeyStays: boolean }
  | { do: 'move the clock of Authentik'; seconds: number }
  | { do: 'roll out'; app: Place['app'] }
  | { do: 'kill a pod'; app: Place['app']; pod: PodIndex }
  | { do: 'restart Redis' }
  | { do: 'hang Redis' };

export type Do = ExploreStep['do'];
export type StepOf<Kind extends Do> = Extract<ExploreStep, { do: Kind }>;

export interface StepKind<S extends ExploreStep> {
  /** For a reader: `anna signs in to operator on the laptop`. */
  sentence(step: S): string;
  applies(step: S, model: Model): boolean;
  /** Performs it, updates the model, and throws a Violation when a user sees something else. */
  perform(step: S, model: Model, world: World): Promise<void>;
}

export type StepKinds<Kind extends Do = Do> = { [K in Kind]: StepKind<StepOf<K>> };
