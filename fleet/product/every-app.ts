import { appNames } from '../../apps/environment/apps.ts';
import type { EnvChange } from '../manifests/change.ts';

/** A variable of every app that users sign in to. */
export const everyApp = (name: string, value: string | null): EnvChange[] =>
  appNames.map((deployment) => ({ deployment, name, value }));
