import type { AppName } from '../../apps/environment/apps.ts';
import type { PodIndex } from '../explore/model.ts';
import type { World } from '../explore/world.ts';
import type { Fault } from '../../fixtures/authentik/control/faults.ts';

/** Where a trouble strikes. */
export interface Place {
  app: AppName;
  pod: PodIndex;
}

/** A trouble that goes on. */
export interface Ongoing {
  /** Resolves when it has struck, or has ended without. */
  struck: Promise<void>;
  end: () => Promise<void>;
}

/** Makes a trouble on a fleet. */
export type Maker = (world: World, place: Place) => Promise<Ongoing>;

/** Of refreshes at the same time only the first succeeds, as when Authentik is fast. */
export const setFault = (world: World, fault: Fault = {}): Promise<void> =>
  world.authentik.setFault({ oneRefreshWins: true, ...fault, username: world.person('anna').username });
