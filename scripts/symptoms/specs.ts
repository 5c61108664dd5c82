import { claiming } from '../prove/claiming.ts';
import { runSpecs } from '../runner/runner.ts';
import type { ShowSymptom } from './symptom-context.ts';

/** The failures of the tests that claim the regression. */
export const specs: ShowSymptom<object> = async ({ fleet, regression }) => {
  const { failed } = await runSpecs([fleet], {
    args: claiming([regression]),
    reports: 'reports/repro',
  });
  return failed > 0;
};
