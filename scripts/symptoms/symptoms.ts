import type { Symptom } from '../../fixtures/regressions/regression.ts';
import { calls } from './calls.ts';
import { logout } from './logout.ts';
import { page } from './page.ts';
import { parallelRefresh } from './parallel-refresh.ts';
import { rollout } from './rollout.ts';
import type { Show } from './stage.ts';
import { specs } from './specs.ts';
import { store } from './store.ts';

type ShowOf<Kind extends Symptom['kind']> = Show<Omit<Extract<Symptom, { kind: Kind }>, 'kind'>>;

/** How each kind of symptom is shown. */
export const symptoms: { [Kind in Symptom['kind']]: ShowOf<Kind> } = {
  calls,
  logout,
  page,
  'parallel-refresh': parallelRefresh,
  rollout,
  specs,
  store,
};
