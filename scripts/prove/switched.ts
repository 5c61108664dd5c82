import type { Regression } from '../../fixtures/regression.ts';
import { readFolders } from '../../fleet/build/sources.ts';
import { isSwitchable, modulesOfConfiguration, switchVariable } from '../../fleet/build/switches.ts';
import type { Change, SourceChange, Switches } from '../../fleet/manifests/change.ts';
import { repositoryRoot } from '../../fleet/root.ts';

/** With fewer regressions, a build for each takes less time than one with the switches of all. */
const worthwhile = 3;

/** The source changes of regressions that one build can have as switches. @param mayBeInScripts of browsers. */
export async function switchesOf(
  regressions: readonly Regression[],
  mayBeInScripts: (code: string) => boolean,
): Promise<Switches> {
  const folders = await readFolders(repositoryRoot);
  const buildTime = modulesOfConfiguration(folders);
  const switchable = regressions.filter(
    ({ change: { sources = [] } }) => isSwitchable(sources, buildTime) && !showsInScripts(sources, mayBeInScripts),
  );
  if (switchable.length < worthwhile) return {};
  return Object.fromEntries(switchable.map(({ name, change }) => [name, change.sources ?? []]));
}

/** Browsers load the code of every switch. */
const showsInScripts = (changes: readonly SourceChange[], mayBeInScripts: (code: string) => boolean): boolean =>
  changes.some(
    (change) => /^apps\/[^/]+\/app\//.test(change.file) && 'replace' in change && !mayBeInScripts(change.replace),
  );

/** The change of a regression: a switch of the common build where it has one, otherwise a build of its own. */
export function changeOf({ name, change }: Regression, switches: Switches, apps: readonly string[]): Change {
  // A fleet without source changes has the plain build, as production.
  if (!(name in switches)) return change;
  const { sources: _compiledIn, ...others } = change;
  const select = apps.map((app) => ({ deployment: app, name: switchVariable, value: name }));
  return { ...others, switches, env: [...(change.env ?? []), ...select] };
}
