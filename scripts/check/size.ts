import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { styleText } from 'node:util';
import { repositoryRoot } from '../../fleet/root.ts';

interface SizeFigure {
  name: string;
  value: number;
  atMost: number;
}

interface SourceFile {
  path: string;
  text: string;
}

const smallLines = 25;

const comment = /^\s*(?:\/\/|\/?\*|<!--)/;

/** Lines of code: those that are neither blank nor a comment. */
const linesOf = (files: readonly SourceFile[]): number =>
  files
    .flatMap(({ text }) => text.split('\n'))
    .reduce((sum, line) => (line.trim() === '' || comment.test(line) ? sum : sum + 1), 0);

const isUnitTest = ({ path }: SourceFile): boolean => path.endsWith('.test.ts');
const isSource = ({ path }: SourceFile): boolean => /\.(ts|vue|mjs)$/.test(path);
const isSpec = ({ path }: SourceFile): boolean => path.endsWith('.spec.ts');
/** Apps of other people, which are tests. */
const isSample = ({ path }: SourceFile): boolean => path.startsWith('fixtures/sample-apps/');

/** Prints the sizes of the repository beside their limits. @returns whether all are within them */
export function printSize(): boolean {
  const figures = sizesOf(repositoryFiles());
  for (const { name, value, atMost } of figures) {
    const mark = value <= atMost ? styleText('green', '✓') : styleText('red', '✗');
    console.log(`${mark} ${name.padEnd(52)} ${String(value).padStart(6)}  at most ${String(atMost).padStart(6)}`);
  }
  return figures.every(({ value, atMost }) => value <= atMost);
}

/** The files that git knows, without those that were removed since. @throws when git does not know this folder. */
const repositoryFiles = (): SourceFile[] =>
  execFileSync('git', ['ls-files', '-z'], { cwd: repositoryRoot, encoding: 'utf8', stdio: 'pipe' })
    .split('\0')
    .filter((path) => path !== '' && existsSync(join(repositoryRoot, path)))
    .map((path) => ({ path, text: readFileSync(join(repositoryRoot, path), 'utf8') }));

/** Measures the code, its tests and the documentation. */
function sizesOf(files: readonly SourceFile[]): SizeFigure[] {
  const at = (path: string): string => files.find((file) => file.path === path)?.text ?? '';
  const { scripts, devDependencies } = JSON.parse(at('package.json')) as Record<string, Record<string, string>>;
  return [
    {
      name: 'lines of code without unit tests, specs and samples',
      value: linesOf(files.filter((file) => isSource(file) && ![isUnitTest, isSpec, isSample].some((is) => is(file)))),
      atMost: 41_000,
    },
    { name: 'lines of code of unit tests', value: linesOf(files.filter(isUnitTest)), atMost: 18_500 },
    { name: 'files in git', value: files.length, atMost: 1_200 },
    { name: 'commands', value: Object.keys(scripts ?? {}).length, atMost: 14 },
    { name: 'options of the commands, by distinct names', value: optionsIn(at('docs/reference.md')), atMost: 80 },
    { name: 'devDependencies of the root', value: Object.keys(devDependencies ?? {}).length, atMost: 40 },
    {
      name: 'words of documentation',
      // As `wc -w` counts them, without the parts of documents that are generated.
      value: files
        .filter(({ path }) => path.endsWith('.md'))
        .map(({ text }) => text.replaceAll(/<!-- \w+: made by [^]*?<!-- End of /g, ''))
        .reduce((sum, text) => sum + (text.match(/\S+/g)?.length ?? 0), 0),
      atMost: 27_000,
    },
    { name: `files under ${smallLines} lines that are imported once`, value: importedOnce(files).length, atMost: 10 },
  ];
}

/** Small modules of which one other module is the only user. Unit tests do not count, as modules or as users. */
function importedOnce(files: readonly SourceFile[]): string[] {
  const modules = files.filter((file) => isSource(file) && !isUnitTest(file));
  const users = new Map<string, number>();
  for (const { path, text } of modules) {
    const imported = [...text.matchAll(/(?:from|import\(?)\s*'(\.{1,2}\/[^']+)'/g)].map(([, specifier = '']) =>
      join(dirname(path), specifier),
    );
    for (const target of new Set(imported)) users.set(target, (users.get(target) ?? 0) + 1);
  }
  return modules
    .filter(({ path, text }) => text.split('\n').length - 1 < smallLines && users.get(path) === 1)
    .map(({ path }) => path);
}

/** Options with different names in the help texts of the generated reference. */
const optionsIn = (reference: string): number =>
  new Set([...reference.matchAll(/^ {2}(?:-\w, )?(--(?!help)[\w-]+)/gm)].map(([, name]) => name)).size;
