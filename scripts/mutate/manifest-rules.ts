import { join } from 'node:path';
import { checkEnvironment } from '../../fleet/environment/check-environment.ts';
import { HarnessError } from '../../fleet/errors.ts';
import type { Change } from '../../fleet/manifests/change.ts';
import { applyChanges } from '../../fleet/manifests/changes.ts';
import type { KubeObject } from '../../fleet/manifests/objects.ts';
import { render } from '../../fleet/manifests/render.ts';
import { describedApps, manifestRules, violationsOf } from '../../fleet/manifests/rules.ts';
import { repositoryRoot } from '../../fleet/root.ts';
import type { Outcome } from './verdict.ts';

/**
 * Checks changed manifests as `npm run deploy` and `npm run config -- check` do before anything is applied. Undefined: the
 * change is not in what production applies, but in the secrets of a fleet.
 */
export async function openManifestRules(): Promise<(change: Change) => Outcome | undefined> {
  const rendered = await render(join(repositoryRoot, 'fleet/apps'));
  const known = new Set(sentencesOn(rendered));
  return (change) => {
    try {
      const found = sentencesOn(applyChanges(rendered, [change])).find((sentence) => !known.has(sentence));
      return found === undefined
        ? { result: 'survived', tests: rules.length }
        : { result: 'killed', killer: 'rules of the manifests', message: found };
    } catch (error) {
      if (error instanceof HarnessError) return undefined;
      throw error;
    }
  };
}

const rules = [...manifestRules, describedApps];

const sentencesOn = (objects: readonly KubeObject[]): string[] => [
  ...violationsOf(objects, rules).map(({ sentence }) => sentence),
  ...checkEnvironment(objects).findings.map(({ sentence }) => sentence),
];
