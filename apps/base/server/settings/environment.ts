import { appNames } from '../../../environment/apps.ts';
import { environments } from '../../../environment/environments.ts';
import { faultsOf, type Values } from '../../../environment/faults.ts';

/** All apps refuse the same values, so that a variable that only another app reads is not wrong for long. */
const variables = Object.assign({}, ...appNames.map((name) => environments[name].variables));

/** One sentence for each variable that an app cannot start with, by name and never with its value. */
export const environmentFaults = (values: Values): string[] =>
  faultsOf({ variables }, values, 'start').map(({ sentence }) => sentence);
