import type { AppName } from '../../apps/environment/apps.ts';
import type { PodIndex } from '../explore/model.ts';
import type { World } from '../explore/world.ts';
import type { Fault } from '../../fixtures/authentik/state/faults.ts';

/** Where a disruption is injected. */
export interface Target {
  app: AppName;
  pod: PodIndex;
}

/** A disruption in progress. */
export interface Injection {
  /** Resolves when it is in effect, or has ended before. */
  injected: Promise<void>;
  end: () => Promise<void>;
}

/** Injects a disruption into a fleet. */
export type Inject = (world: World, target: Target) => Promise<Injection>;

/** Of concurrent refreshes only the first succeeds, as when Authentik is fast. */
export const setFault = (world: World, fault: Fault = {}): Promise<void> =>
  world.authentik.setFault({ oneRefreshWins: true, ...fault, username: world.person('anna').username });
