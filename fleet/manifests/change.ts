import type { Operation } from 'rfc6902';

/** A JSON Patch (RFC 6902) on one rendered object, as kustomize would apply it. */
export interface ManifestPatch {
  target: { kind: string; name: string };
  patch: Operation[];
}

/** An environment variable of one Deployment: set, or removed with null wherever it comes from (env or envFrom). */
export interface EnvChange {
  deployment: string;
  name: string;
  value: string | null;
}

/**
 * A change to the sources of `apps/`, made on a copy before the build. `file` starts at the repository's root. `find`
 * must occur exactly once, so that an outdated patch is an error and not silently ignored.
 */
export type SourceChange = { file: string; find: string; replace: string } | { file: string; remove: true };

/** How a fleet differs from what production applies: a regression or a variant, as data. */
export interface Change {
  env?: readonly EnvChange[];
  manifests?: readonly ManifestPatch[];
  sources?: readonly SourceChange[];
  /** To the code that releases, in the checkout that the deploy job runs in; it changes nothing of the fleet. */
  release?: readonly SourceChange[];
}
