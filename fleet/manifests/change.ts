import type { Operation } from 'rfc6902';

/** A JSON Patch (RFC 6902) on one rendered object, as kustomize would apply it. */
export interface ManifestPatch {
  target: { kind: string; name: string };
  patch: Operation[];
}

/** An environment variable of one Deployment: set, or removed with null from every source (env or envFrom). */
export interface EnvChange {
  deployment: string;
  name: string;
  value: string | null;
}

/**
 * A change to the sources of `apps/`, applied to a copy before the build. `file` is relative to the repository's root.
 * `find` must occur exactly once, so that an outdated patch is an error and not silently ignored.
 */
export type SourceChange = { file: string; find: string; replace: string } | { file: string; remove: true };

export type Switches = Readonly<Record<string, readonly SourceChange[]>>;

/** The difference between a fleet and production's manifests: a regression or a variant, as data. */
export interface Change {
  env?: readonly EnvChange[];
  manifests?: readonly ManifestPatch[];
  sources?: readonly SourceChange[];
  /** Source changes that are all in the build, and none active. `FLEET_SWITCH` in a pod's environment selects one. */
  switches?: Switches;
  /** All mutants are in the build, and none active. `__STRYKER_ACTIVE_MUTANT__` in a pod's environment selects one. */
  mutants?: true;
  /** A change to the fleets of sample apps, which does not change the fleet itself. */
  sample?: Change;
  /** Changes to the release code in the checkout of the deploy job. They do not change the fleet. */
  release?: readonly SourceChange[];
}
