import type { AppName } from '../../apps/environment/apps.ts';
import type { Sample } from './sample.ts';

/** Sentences about what the answers of an app do not show. */
export function limitsOf(app: AppName, samples: readonly Sample[]): string[] {
  const answered = samples.filter((sample) => sample.app === app && sample.failure === undefined);
  const [podless, revisionless] = [
    answered.filter(({ pod }) => pod === '').length,
    answered.filter(({ revision }) => revision === '').length,
  ];
  if (podless + revisionless === 0) return [];
  const missing = [
    ...(podless > 0 ? [`${podless} of ${answered.length} answers name no pod (x-served-by)`] : []),
    ...(revisionless > 0
      ? [`${revisionless}${podless > 0 ? '' : ` of ${answered.length} answers name`} no revision (x-revision)`]
      : []),
  ].join(' and ');
  const hidden =
    podless > 0 ? 'whether every pod was asked, nor which pod gave them' : 'whether every pod is on the same';
  return [`${app}: ${missing}. Something on the way removes these headers, so it cannot be told ${hidden}.`];
}
