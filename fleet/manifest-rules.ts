import { balancedRequests } from './manifest-rules/balanced.ts';
import { gracefulEnd } from './manifest-rules/graceful-end.ts';
import { hardenedPods } from './manifest-rules/hardened-pods.ts';
import { narrowDeployer } from './manifest-rules/narrow-deployer.ts';
import { neverAlone } from './manifest-rules/never-alone.ts';
import { oneRelease, pinnedImages } from './manifest-rules/pinned-images.ts';
import { probeValues } from './manifest-rules/probes.ts';
import { httpsByRedirect, noGlobalRedirect, redirectsOnWeb } from './manifest-rules/redirects.ts';
import type { Rule, Violation } from './manifest-rules/rule.ts';
import { solverReachable } from './manifest-rules/solver.ts';
import { watchedPods } from './manifest-rules/watched-pods.ts';
import { idOf } from './objects.ts';
import type { KubeObject } from './objects.ts';

export { releasedAs } from './manifest-rules/pinned-images.ts';

/** What rendered manifests must hold to before anything is deployed. */
export const manifestRules: readonly Rule[] = [
  pinnedImages,
  oneRelease,
  noGlobalRedirect,
  redirectsOnWeb,
  httpsByRedirect,
  solverReachable,
  narrowDeployer,
  gracefulEnd,
  watchedPods,
  probeValues,
  neverAlone,
  balancedRequests,
  hardenedPods,
];

/** Everything that the rules find in rendered manifests, each as a sentence. */
export const violationsOf = (objects: readonly KubeObject[], rules: readonly Rule[] = manifestRules): Violation[] =>
  rules.flatMap(({ name, check }) =>
    check(objects).map(({ object, path, said }) => ({
      rule: name,
      object: idOf(object),
      path,
      sentence: `${idOf(object)}: ${path} ${said}.`,
    })),
  );
