import { dirname, join, relative } from 'node:path';
import { parse, type Node } from 'acorn';
import { transformSync } from 'esbuild';
import type { SourceChange, Switches } from '../manifests/change.ts';
import { applySourceChanges, copyOf, type Folders } from './sources.ts';

/** Environment variable of a pod: the source changes of a switched build that are active. Absent: none. */
export const switchVariable = 'FLEET_SWITCH';

/** Modules that run in the app. Configuration runs at build time, and Nuxt reads pages and plugins of the browser. */
const isModule = (file: string): boolean =>
  /^apps\/[^/]+\/(server|src|shared|app\/(composables|middleware|utils))\/.*\.ts$/.test(file);

const isComponent = (file: string): boolean => /^apps\/[^/]+\/app\/(components\/.*|app|error)\.vue$/.test(file);

/** Modules that Nuxt and Nitro call by their default export, so one that does nothing can replace a removed one. */
const isHook = (file: string): boolean => /\/(server\/(plugins|middleware)|app\/middleware)\/[^/]+\.ts$/.test(file);

/**
 * Whether these source changes can be part of a build with switches: they edit modules or components, or remove a
 * plugin or middleware, and none of them is read when the app is built.
 * @param buildTime of {@link modulesOfConfiguration}.
 */
export const isSwitchable = (changes: readonly SourceChange[], buildTime: ReadonlySet<string>): boolean =>
  changes.length > 0 &&
  changes.every(
    (change) =>
      ('remove' in change ? isHook(change.file) : isModule(change.file) || isComponent(change.file)) &&
      !buildTime.has(change.file),
  );

/** The modules that the configuration of an app imports, directly or not. */
export function modulesOfConfiguration(folders: Folders): Set<string> {
  const found = new Set<string>();
  const queue = [...folders].flatMap(([name]) => [`apps/${name}/nuxt.config.ts`, `apps/${name}/nitro.config.ts`]);
  for (let file = queue.shift(); file !== undefined; file = queue.shift()) {
    const text = textOf(folders, file);
    if (text === '' || found.has(file)) continue;
    found.add(file);
    for (const { source } of statementsOf(javaScriptOf(text))) {
      if (source?.value.startsWith('.')) queue.push(join(dirname(file), source.value));
    }
  }
  return found;
}

/**
 * Compiles source changes into the sources, in place, so that a pod selects one of them when it starts: each changed
 * module becomes a module that re-exports its selected version. Versions do not share state, and all of them are
 * loaded, so a module with side effects on load must not be changed this way.
 * @throws HarnessError when a change does not fit.
 */
export function applySwitches(folders: Folders, switches: Switches): void {
  const versions = new Map<string, Map<string, string>>();
  for (const [name, changes] of Object.entries(switches)) {
    const changed = copyOf(folders);
    applySourceChanges(changed, changes);
    for (const { file } of changes) {
      const its = versions.get(file) ?? new Map<string, string>();
      versions.set(file, its.set(name, changed.get(folderOf(file))?.has(file) ? textOf(changed, file) : doesNothing));
    }
  }
  for (const [file, its] of versions) {
    its.set(unchanged, textOf(folders, file));
    const sources = folders.get(folderOf(file));
    const compiled = new Map([...its].map(([name, text]) => [name, isComponent(file) ? text : javaScriptOf(text)]));
    for (const [name, text] of compiled) sources?.set(versionFile(file, name), Buffer.from(moved(file, name, text)));
    sources?.set(file, Buffer.from(selection(file, compiled)));
  }
  // A browser learns the pod's variable only from the page.
  if (versions.size > 0) folders.get('base')?.set(markFile, Buffer.from(markPages));
}

const unchanged = 'unchanged';
const doesNothing = 'export default () => {};\n';
const folderOf = (file: string): string => file.split('/')[1] ?? '';
const textOf = (folders: Folders, file: string): string => folders.get(folderOf(file))?.get(file)?.toString() ?? '';

/** Outside of the folders that Nuxt and Nitro scan: `apps/base/switched/<name>/server/…`. */
const versionFile = (file: string, name: string): string => {
  const [apps = '', app = '', ...rest] = file.split('/');
  return join(apps, app, 'switched', name, ...rest).replace(/\.ts$/, '.js');
};

const markFile = 'apps/base/server/plugins/switched.ts';
const markPages = `export default defineNitroPlugin((nitro) => {
  const name = process.env.${switchVariable};
  nitro.hooks.hook('render:html', (html) => {
    if (name) html.htmlAttrs.push(\`data-switch="\${name}"\`);
  });
});
`;

/** TypeScript without its types. */
const javaScriptOf = (text: string): string =>
  transformSync(text, {
    loader: 'ts',
    target: 'esnext',
    tsconfigRaw: { compilerOptions: { verbatimModuleSyntax: true } },
  }).code;

/** One version of a module or component, with its relative imports adapted to its new path. */
function moved(file: string, name: string, text: string): string {
  const target = dirname(versionFile(file, name));
  const from = (specifier: string): string =>
    specifier.startsWith('.') ? specifierOf(target, join(dirname(file), specifier)) : specifier;
  if (isComponent(file)) return text.replace(/(?<= from ')[^']+(?=')/g, from);
  const sources = statementsOf(text).flatMap(({ source }) => source ?? []);
  return sources
    .toReversed()
    .reduce(
      (done, { start, end, value }) => done.slice(0, start) + JSON.stringify(from(value)) + done.slice(end),
      text,
    );
}

function specifierOf(folder: string, file: string): string {
  const path = relative(folder, file);
  return path.startsWith('.') ? path : `./${path}`;
}

/** The module or component that replaces a changed one. */
function selection(file: string, versions: ReadonlyMap<string, string>): string {
  const isVue = isComponent(file);
  const names = [...versions.keys()];
  const exported = new Set(isVue ? [] : [...versions.values()].flatMap(exportsOf));
  const lines = [
    ...names.map((name, index) => {
      const from = JSON.stringify(specifierOf(dirname(file), versionFile(file, name)));
      return `import ${isVue ? '' : '* as '}version${index} from ${from};`;
    }),
    `const versions = { ${names.map((name, index) => `${JSON.stringify(name)}: version${index}`).join(', ')} };`,
    `const name = typeof document === 'undefined' ? process.env.${switchVariable} : document.documentElement.dataset.switch;`,
    `const selected = versions[name] ?? versions.${unchanged};`,
    ...(isVue ? ['export default selected;'] : []),
    ...[...exported].map((name) =>
      name === 'default' ? 'export default selected.default;' : `export const ${name} = selected.${name};`,
    ),
  ];
  return (isVue ? ['<script>', ...lines, '</script>', ''] : [...lines, '']).join('\n');
}

interface ModuleStatement extends Node {
  /** The module that it imports or exports from. */
  source?: { start: number; end: number; value: string } | null;
  declaration?: { id?: { name: string } | null; declarations?: Array<{ id: { name: string } }> } | null;
  specifiers?: Array<{ exported?: { name: string } }>;
}

const statementsOf = (code: string): ModuleStatement[] =>
  parse(code, { ecmaVersion: 'latest', sourceType: 'module' }).body as ModuleStatement[];

const exportsOf = (code: string): string[] =>
  statementsOf(code).flatMap(({ type, declaration, specifiers = [] }) => {
    if (type === 'ExportDefaultDeclaration') return ['default'];
    if (type !== 'ExportNamedDeclaration') return [];
    return [
      ...(declaration?.declarations ?? []).map(({ id }) => id.name),
      ...(declaration?.id ? [declaration.id.name] : []),
      ...specifiers.flatMap(({ exported }) => (exported ? [exported.name] : [])),
    ];
  });
