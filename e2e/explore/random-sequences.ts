import * as fc from 'fast-check';
import { appNames, sessionApp } from '../../apps/environment/apps.ts';
import { peopleNames, type Model, type Place, type PodIndex } from './model.ts';
import { appliesTo, stepSentence, type Details, type ExploreStep } from './run-step.ts';

const app = fc.constantFrom(...appNames);
/** The details of a place. One browser is used more than the other, so that much happens to the same session. */
const at = { browser: fc.constantFrom('laptop', 'laptop', 'phone'), app };
const place: fc.Arbitrary<Place> = fc.record(at);
const pod = fc.constantFrom<PodIndex>(0, 1);
const person = fc.constantFrom(...peopleNames);
const placeAndPod = fc.record({ ...at, pod });

type Random = { [Do in keyof Details]?: [weight: number, details: fc.Arbitrary<Details[Do]>] };

const nothing = fc.constant({});

function arbitrariesOf(random: Random): Array<fc.WeightedArbitrary<ExploreStep>> {
  return Object.entries(random).map(([kind, [weight, details]]) => ({
    weight,
    arbitrary: (details as fc.Arbitrary<object>).map((rest) => ({ do: kind, ...rest }) as ExploreStep),
  }));
}

const quick = arbitrariesOf({
  'sign in': [5, fc.record({ ...at, person })],
  call: [8, fc.record({ ...at, pod, path: fc.constantFrom('/api/me', '/api/_auth/session') })],
  'open page': [3, placeAndPod.map((one) => ({ ...one, path: sessionApp[one.app].pages[1] }))],
  'call several times at once': [6, place],
  'sign out': [2, placeAndPod],
  'sign out in a second tab': [4, place],
  'replay an old cookie': [3, fc.record({ nth: fc.nat({ max: 7 }), pod })],
  'tokens become due': [8, place],
  'tokens are used up': [1, place],
  'leave unused': [1, fc.record({ ...at, hours: fc.constantFrom(6, 13, 400) })],
  'token endpoint becomes': [3, fc.record({ state: fc.constantFrom('well', 'slow', 'failing') })],
  'revoke refresh tokens': [1, fc.record({ person })],
  'rotate signing keys': [1, fc.record({ oldKeyStays: fc.boolean() })],
  'move the clock of Authentik': [1, fc.record({ seconds: fc.constantFrom(0, -240, 240, 300) })],
});

/** Steps that take seconds. */
const slow = arbitrariesOf({
  'call while Authentik is slow': [6, place],
  'token endpoint becomes': [2, fc.record({ state: fc.constant('very slow' as const) })],
});

const fleetChanges = arbitrariesOf({
  'roll out': [1, fc.record({ app })],
  'kill a pod': [2, fc.record({ app, pod })],
  'restart Redis': [2, nothing],
  'hang Redis': [2, nothing],
});

const quickSteps: fc.Arbitrary<ExploreStep> = fc.oneof(...quick);

/** Any steps. Those that take seconds are rare, because each takes as long as a hundred others. */
const anySteps: fc.Arbitrary<ExploreStep> = fc.oneof(
  { weight: 8, arbitrary: quickSteps },
  { weight: 1, arbitrary: fc.oneof(...slow, ...fleetChanges) },
);

type Play = (step: ExploreStep, model: Model) => Promise<void>;

/** A step as fast-check's model runner has it. */
const commandOf = (step: ExploreStep): fc.AsyncCommand<Model, Play> => ({
  check: (model) => appliesTo(step, model as Model),
  run: (model, play) => play(step, model),
  toString: () => stepSentence(step),
});

export type Sequence = Iterable<fc.AsyncCommand<Model, Play>>;

const sequenceOf = (steps: fc.Arbitrary<ExploreStep>, maxCommands: number): fc.Arbitrary<Sequence> =>
  fc.commands([steps.map(commandOf)], { maxCommands, size: 'max' });

/** Mostly sequences of quick steps; every fourth has slow ones too. */
export const sequences = (): fc.Arbitrary<Sequence> =>
  fc.oneof({ weight: 3, arbitrary: sequenceOf(quickSteps, 60) }, { weight: 1, arbitrary: sequenceOf(anySteps, 30) });
