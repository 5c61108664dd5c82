import { developmentHostsIn } from '../../e2e/smoke/rules/development-hosts.ts';
import type { Regression } from '../../fixtures/regressions/regression.ts';
import { applySourceChanges, copyOf, readFolders, type Folders } from '../../fleet/build/sources.ts';
import { isSwitchable, modulesOfConfiguration, switchVariable } from '../../fleet/build/switches.ts';
import type { Change, SourceChange, Switches } from '../../fleet/manifests/change.ts';
import { shippedApps } from '../../fleet/product/images.ts';
import { repositoryRoot } from '../../fleet/root.ts';

/** With fewer regressions, a build for each takes less time than one with the switches of all. */
const worthwhile = 3;

/** The source changes of regressions that one build can have as switches. */
export async function switchesOf(regressions: readonly Regression[]): Promise<Switches> {
  const folders = await readFolders(repositoryRoot);
  const buildTime = modulesOfConfiguration(folders);
  const switchable = regressions.filter(
    ({ change: { sources = [] } }) =>
      isSwitchable(sources, buildTime) && !showsInScripts(sources) && fits(sources, folders),
  );
  if (switchable.length < worthwhile) return {};
  return Object.fromEntries(switchable.map(({ name, change }) => [name, change.sources ?? []]));
}

/** Browsers load the code of every switch, and no script may name a development host. */
const showsInScripts = (changes: readonly SourceChange[]): boolean =>
  changes.some(
    (change) =>
      /^apps\/[^/]+\/app\//.test(change.file) &&
      'replace' in change &&
      developmentHostsIn('page', change.replace).length > 0,
  );

/** A change that does not fit gets a build of its own, which says what is wrong with it. */
function fits(changes: readonly SourceChange[], folders: Folders): boolean {
  try {
    applySourceChanges(copyOf(folders), changes);
    return true;
  } catch {
    return false;
  }
}

/** The change of a regression: a switch of the common build where it has one, otherwise a build of its own. */
export function changeOf({ name, change }: Regression, switches: Switches): Change {
  // A fleet without source changes has the plain build, as production.
  if (!(name in switches)) return change;
  const { sources: _compiledIn, ...others } = change;
  const select = shippedApps.map(({ app }) => ({ deployment: app, name: switchVariable, value: name }));
  return { ...others, switches, env: [...(change.env ?? []), ...select] };
}
