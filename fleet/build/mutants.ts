import { createHash } from 'node:crypto';
import { Instrumenter } from '@stryker-mutator/instrumenter';
import { modulesOfConfiguration } from './switches.ts';
import type { Folders } from './sources.ts';

/**
 * Environment variable of a pod: the mutant that is active in an instrumented build. Absent: none. StrykerJS reads it.
 */
export const mutantVariable = '__STRYKER_ACTIVE_MUTANT__';
/**
 * Environment variable of a pod: the folder for coverage files, which list the mutants that its requests reach. Absent:
 * none.
 */
export const coverageVariable = 'FLEET_MUTANT_COVERAGE';

interface Position {
  line: number;
  column: number;
}

/** A small change to a source file, made by the mutators of StrykerJS. */
export interface Mutant {
  /** Derived from its file and text, so that it stays the same when other lines change. */
  id: string;
  file: string;
  /** Lines from 1, columns from 0. */
  start: Position;
  end: Position;
  /** Such as `ConditionalExpression`: https://stryker-mutator.io/docs/mutation-testing-elements/supported-mutators/ */
  mutator: string;
  original: string;
  replacement: string;
}

/** The code that is mutated: what the pods of the apps run, and the session logic in the browser. */
export const isMutated = (file: string): boolean =>
  /^apps\/(?:[^/]+\/server\/.*|base\/(?:define-app|app\/(?:middleware|utils)\/[^/]+|shared\/.*)|(?:platform-api|tokens)\/src\/.*)\.ts$/.test(
    file,
  ) && !/(?:\.test|-testing)\.ts$|\/shared\/types\//.test(file);

/** @returns the file with all of its mutants, none of them active, and the mutants. */
export async function instrument(file: string, content: string): Promise<{ content: string; mutants: Mutant[] }> {
  const instrumented = await instrumenter.instrument([{ name: file, content, mutate: true }], {
    plugins: null,
    excludedMutations: [],
    ignorers: [],
    noHeader: false,
  });
  const seen = new Map<string, number>();
  const mutants = instrumented.mutants.map(({ location, mutatorName, replacement }): Mutant => {
    const [start, end] = [fromLine1(location.start), fromLine1(location.end)];
    const original = content.slice(offsetOf(content, start), offsetOf(content, end));
    const text = [file, mutatorName, original, replacement].join('\0');
    const nth = seen.get(text) ?? 0;
    seen.set(text, nth + 1);
    return {
      id: createHash('sha256').update(`${text}\0${nth}`).digest('hex').slice(0, 8),
      file,
      start,
      end,
      mutator: mutatorName,
      original,
      replacement,
    };
  });
  const ids = new Map(instrumented.mutants.map(({ id }, index) => [id, mutants[index]?.id ?? id]));
  const code = (instrumented.files[0]?.content ?? content).replaceAll(
    /(?<=\b(?:stryMutAct|stryCov)_9fa48\()"[^)]*"(?=\))/g,
    (list) => list.replaceAll(/\d+/g, (id) => ids.get(id) ?? id),
  );
  return { content: mutants.length > 0 ? code : content, mutants };
}

/**
 * The mutants of an app's sources. `atBuild`: in modules that the configuration imports, so that they act during the
 * build.
 */
export async function mutantsOf(folders: Folders): Promise<Array<Mutant & { atBuild: boolean }>> {
  const buildTime = modulesOfConfiguration(folders);
  const found = await Promise.all(
    [...folders.values()]
      .flatMap((sources) => [...sources])
      .filter(([file]) => isMutated(file))
      .map(async ([file, content]) => {
        const { mutants } = await instrument(file, content.toString());
        return mutants.map((mutant) => ({ ...mutant, atBuild: buildTime.has(file) }));
      }),
  );
  return found.flat();
}

/**
 * Compiles all mutants into the sources, in place, so that a pod selects one of them when it starts. Modules that are
 * read during the build are not changed.
 */
export async function applyMutants(folders: Folders): Promise<void> {
  const buildTime = modulesOfConfiguration(folders);
  for (const sources of folders.values()) {
    for (const [file, content] of sources) {
      if (!isMutated(file) || buildTime.has(file)) continue;
      const { content: code } = await instrument(file, content.toString());
      sources.set(file, Buffer.from(runsInBrowser(file) ? selectInBrowser + code : code));
    }
  }
  for (const app of ['base', 'platform-api']) {
    folders.get(app)?.set(`apps/${app}/server/plugins/0.mutants.ts`, Buffer.from(plugin));
  }
}

export const mutated = (content: string, { start, end, replacement }: Mutant): string =>
  content.slice(0, offsetOf(content, start)) + replacement + content.slice(offsetOf(content, end));

const runsInBrowser = (file: string): boolean => /^apps\/base\/(?:app|shared)\//.test(file);

/** A browser learns the pod's variable only from the page. */
const selectInBrowser = `if (typeof document !== 'undefined')
  (globalThis.__stryker__ ??= {}).activeMutant ??= document.documentElement.dataset.mutant;
`;

/**
 * Marks pages with the active mutant, and appends a timestamp and the mutants that were reached since the last one to the
 * coverage file. It writes often, because pods may be killed.
 */
const plugin = `import { appendFileSync } from 'node:fs';

export default (nitro) => {
  const state = (globalThis.__stryker__ ??= {});
  nitro.hooks.hook('render:html', (html) => {
    if (state.activeMutant) html.htmlAttrs.push(\`data-mutant="\${state.activeMutant}"\`);
  });
  const folder = process.env.${coverageVariable};
  if (!folder) return;
  const coverage = (state.mutantCoverage ??= { static: {}, perTest: {} });
  const write = (when) => {
    const reached = Object.keys(coverage.static);
    if (reached.length === 0) return;
    coverage.static = {};
    appendFileSync(\`\${folder}/\${process.env.FLEET_RUN_ID}.log\`, \`\${when} \${reached.join(' ')}\\n\`);
  };
  // Plugins that run after this one belong to the start as well.
  let isStarted = false;
  const record = () => write(isStarted ? String(Date.now()) : 'start');
  nitro.hooks.hook('request', () => {
    if (!isStarted) record();
    isStarted = true;
  });
  setInterval(record, 200).unref();
  nitro.hooks.hook('afterResponse', record);
  process.on('exit', record);
};
`;

/** The instrumenter counts lines from 0. */
const fromLine1 = ({ line, column }: Position): Position => ({ line: line + 1, column });

const offsetOf = (content: string, { line, column }: Position): number =>
  content
    .split('\n')
    .slice(0, line - 1)
    .reduce((sum, each) => sum + each.length + 1, column);

/** A logger whose every method does nothing and says that its level is off. */
const silent = new Proxy({} as ConstructorParameters<typeof Instrumenter>[0], { get: () => () => false });
const instrumenter = new Instrumenter(silent);
