import { join } from 'node:path';
import { isWhole } from '../../fleet/build/whole-build.ts';
import type { Engine } from '../../fleet/engines/shared/engine.ts';
import type { Hosts } from '../../fleet/hosts.ts';
import type { Change } from '../../fleet/manifests/change.ts';
import { authentikIn } from '../../fleet/manifests/authentik.ts';
import { shippedApps } from '../../fleet/manifests/images.ts';
import { cacheDirectory } from '../../fleet/root.ts';
import { changesOf, manifestsOf, originOf, type Content } from '../../fleet/run/records.ts';

/** What of a fleet is older than this repository, and what it would be now. */
export interface Staleness {
  parts: string[];
  /** The content of a fleet that is started now. */
  now: Content;
}

/** Compares what a fleet was started from with this repository, by content. An app with a damaged build is stale too. */
export async function stalenessOf(
  engine: Pick<Engine, 'content' | 'capabilities'>,
  { runId, hosts }: { runId: string; hosts: Hosts },
  changes: readonly Change[] = changesOf(runId),
): Promise<Staleness> {
  const now = await engine.content({ hosts, authentik: authentikIn(manifestsOf(runId)), changes });
  const damaged = engine.capabilities.has('builds') ? damagedIn(now) : [];
  return { parts: [...new Set([...differing(originOf(runId).content, now), ...damaged])].toSorted(), now };
}

/** The apps whose build is not whole in the cache, where the pods of a fleet run it. */
const damagedIn = (content: Content): string[] =>
  shippedApps
    .map(({ key }) => key)
    .filter((key) => content[key] !== undefined && !isWhole(join(cacheDirectory, 'builds', content[key])));

/** The parts that are not the same in both. */
export const differing = (before: Content, now: Content): string[] =>
  [...new Set([...Object.keys(before), ...Object.keys(now)])].filter((part) => before[part] !== now[part]).toSorted();
