import { appNames } from '../../../environment/apps.ts';
import { environments, type Environment } from '../../../environment/environments.ts';
import { faultsOf, type Values } from '../../../environment/faults.ts';

/** All apps refuse the same values, so that a wrong value is found even in an app that does not read the variable. */
const variables: Environment['variables'] = Object.fromEntries(
  appNames.flatMap((name) => Object.entries(environments[name].variables)),
);

/** One sentence for each variable that prevents the app from starting. It contains the name and never the value. */
export const environmentFaults = (values: Values): string[] =>
  faultsOf({ variables }, values, 'start').map(({ sentence }) => sentence);

/** The pod and revision of this process; null outside a cluster. */
export const identity = () => ({ pod: process.env.POD_NAME ?? null, revision: process.env.REVISION ?? null });
