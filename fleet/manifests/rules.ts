import { idOf, type KubeObject } from './objects.ts';
import { keptRevisions, neverAlone, rolloutDeadline } from './rules/availability.ts';
import { closedPorts } from './rules/closed-ports.ts';
import { httpsByRedirect, noGlobalRedirect, ownCertificate, redirectsOnWeb, solverReachable } from './rules/https.ts';
import { gracefulEnd, probeValues } from './rules/lifecycle.ts';
import { narrowDeployer } from './rules/narrow-deployer.ts';
import { imagesKept, oneRelease, pinnedImages } from './rules/pinned-images.ts';
import { enoughRoom, hardenedPods, ownEnvironment, watchedPods } from './rules/pods.ts';
import type { Rule, RuleViolation } from './rules/rule.ts';
import { balancedRequests, lastingSelectors, ownPods } from './rules/services.ts';

export { describedApps } from './rules/described-apps.ts';
export { releasedAs } from './rules/pinned-images.ts';

/** The rules that rendered manifests must satisfy before a deploy. */
export const manifestRules: readonly Rule[] = [
  pinnedImages,
  imagesKept,
  oneRelease,
  noGlobalRedirect,
  redirectsOnWeb,
  httpsByRedirect,
  solverReachable,
  narrowDeployer,
  gracefulEnd,
  watchedPods,
  enoughRoom,
  probeValues,
  neverAlone,
  rolloutDeadline,
  keptRevisions,
  ownEnvironment,
  balancedRequests,
  ownPods,
  lastingSelectors,
  ownCertificate,
  hardenedPods,
  closedPorts,
];

/** All violations of the rules in rendered manifests, each as a sentence. */
export const violationsOf = (objects: readonly KubeObject[], rules: readonly Rule[] = manifestRules): RuleViolation[] =>
  rules.flatMap(({ name, check }) =>
    check(objects).map(({ object, path, message }) => ({
      rule: name,
      object: idOf(object),
      path,
      sentence: `${idOf(object)}: ${path} ${message}.`,
    })),
  );
