import type { AuthentikState, Model, PersonName, Place, PodIndex } from './model.ts';
import type { World } from './world.ts';

/** One thing that happens, as plain data: a sequence of them can be printed and run again. */
export type Step =
  | ({ do: 'sign in'; person: PersonName } & Place)
  | ({ do: 'call'; path: string; pod: PodIndex } & Place)
  | ({ do: 'open page'; path: string; pod: PodIndex } & Place)
  | ({ do: 'call several times at once' } & Place)
  | ({ do: 'call while Authentik is slow' } & Place)
  | ({ do: 'click through in Chromium' } & Place)
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

export type Do = Step['do'];
export type StepOf<Kind extends Do> = Extract<Step, { do: Kind }>;

/** How one kind of step happens. */
export interface StepKind<S extends Step> {
  /** For people: `anna signs in to operator on the laptop`. */
  sentence(step: S): string;
  /** Whether it can happen now. */
  applies(step: S, model: Model): boolean;
  /** Does it, changes the model accordingly, and throws a Violation when a person sees something else. */
  perform(step: S, model: Model, world: World): Promise<void>;
}

export type StepKinds<Kind extends Do = Do> = { [K in Kind]: StepKind<StepOf<K>> };
