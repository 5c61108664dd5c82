import { idOf } from './objects.ts';
import type { KubeObject } from './objects.ts';
import { balancedRequests } from './rules/balanced.ts';
import { enoughRoom } from './rules/enough-room.ts';
import { gracefulEnd } from './rules/graceful-end.ts';
import { hardenedPods } from './rules/hardened-pods.ts';
import { keptRevisions, rolloutDeadline } from './rules/rollouts.ts';
import { lastingSelectors } from './rules/lasting-selectors.ts';
import { narrowDeployer } from './rules/narrow-deployer.ts';
import { neverAlone } from './rules/never-alone.ts';
import { ownCertificate } from './rules/own-certificate.ts';
import { ownEnvironment, watchedPods } from './rules/watched-pods.ts';
import { ownPods } from './rules/own-pods.ts';
import { imagesKept, oneRelease, pinnedImages } from './rules/pinned-images.ts';
import { probeValues } from './rules/probes.ts';
import { httpsByRedirect, noGlobalRedirect, redirectsOnWeb } from './rules/redirects.ts';
import type { Rule, Violation } from './rules/rule.ts';
import { solverReachable } from './rules/solver.ts';

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
];

/** All violations of the rules in rendered manifests, each as a sentence. */
export const violationsOf = (objects: readonly KubeObject[], rules: readonly Rule[] = manifestRules): Violation[] =>
  rules.flatMap(({ name, check }) =>
    check(objects).map(({ object, path, message }) => ({
      rule: name,
      object: idOf(object),
      path,
      sentence: `${idOf(object)}: ${path} ${message}.`,
    })),
  );
