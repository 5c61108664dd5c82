import type { Symptom } from '../../fixtures/regressions/regression.ts';
import { calls } from './calls.ts';
import { logout } from './logout.ts';
import { page } from './page.ts';
import { parallelRefresh } from './parallel-refresh.ts';
import { rollout } from './rollout.ts';
import type { ShowSymptom } from './symptom-context.ts';
import { specs } from './specs.ts';
import { store } from './store.ts';

type ShowSymptomOf<Kind extends Symptom['kind']> = ShowSymptom<Omit<Extract<Symptom, { kind: Kind }>, 'kind'>>;

/** How each kind of symptom is shown. */
export const symptoms: { [Kind in Symptom['kind']]: ShowSymptomOf<Kind> } = {
  calls,
  logout,
  page,
  'parallel-refresh': parallelRefresh,
  rollout,
  specs,
  store,
};
