import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { appNames } from '../../apps/environment/apps.ts';
import { requirements, standards } from '../../e2e/requirements/requirements.ts';
import type { Requirement } from '../../e2e/requirements/standard.ts';
import type { ListedTest } from '../../e2e/report/outcome.ts';
import { repositoryRoot } from '../../fleet/root.ts';
import { listedTests } from '../runner/listed-tests.ts';

type Shown = Pick<ListedTest, 'spec' | 'title' | 'requirements'>;

let listed: Promise<Shown[]> | undefined;

/** Every test of the suite. They are listed once. */
export const testsOfSuite = (): Promise<Shown[]> => (listed ??= listedTests());

/** By id the tests that show a requirement. A claim about every app counts once. */
const testsById = (tests: readonly Shown[]): Map<string, Shown[]> => {
  const named = tests.flatMap((test) =>
    test.requirements.map((id) => ({ id, test: { ...test, title: withoutApp(test.title) } })),
  );
  return new Map(
    [...Map.groupBy(named, ({ id }) => id)].map(([id, its]) => [
      id,
      [...new Map(its.map(({ test }) => [`${test.spec} ${test.title}`, test])).values()],
    ]),
  );
};

const withoutApp = (title: string): string => title.replace(new RegExp(`^(?:${appNames.join('|')}): `), '');

/** Whether a file of the repository contains a text. */
const contains = (file: string, text: string): boolean => {
  const path = join(repositoryRoot, file);
  return existsSync(path) && readFileSync(path, 'utf8').includes(text);
};

/**
 * What is wrong with the requirements, in sentences: a test that names none of them, a requirement that nothing shows
 * and that has no reason, or has one although something shows it, and evidence that is gone.
 */
export function requirementFaults(
  tests: readonly Shown[],
  rows: Readonly<Record<string, Requirement>> = requirements,
): string[] {
  const shownBy = testsById(tests);
  const unknown = [...shownBy].flatMap(([id, its]) =>
    id in rows
      ? []
      : its.map(({ spec, title }) => `e2e/${spec}, "${title}": there is no requirement "${id}" in e2e/requirements.`),
  );
  const wrong = Object.entries(rows).flatMap(([id, { notApplicable, missing, alsoIn = {} }]) => {
    const evidence = (shownBy.get(id)?.length ?? 0) + Object.keys(alsoIn).length;
    const reasons = [notApplicable, missing].filter((reason) => reason !== undefined);
    const gone = Object.entries(alsoIn).filter(([file, text]) => !contains(file, text));
    return [
      ...(evidence + reasons.length === 0
        ? [`${id}: no test shows it. Name it in one by shows('${id}'), or say why in e2e/requirements.`]
        : []),
      ...(evidence > 0 && reasons.length > 0 ? [`${id}: it is shown, so it needs no reason.`] : []),
      ...gone.map(([file, text]) => `${id}: ${file} does not contain "${text}".`),
    ];
  });
  return [...unknown, ...wrong];
}

/** Every requirement with the tests that show it, or why none does. */
export function requirementsTable(tests: readonly Shown[]): string {
  const shownBy = testsById(tests);
  const sections = standards.map(({ name, title, requirements: rows }) => {
    const all = Object.entries(rows);
    const missing = all.filter(([, row]) => row.missing !== undefined).length;
    const notApplicable = all.filter(([, row]) => row.notApplicable !== undefined).length;
    const counts = `${all.length - missing - notApplicable} of ${all.length} shown, ${notApplicable} not applicable, ${missing} missing.`;
    return [
      `## ${title}\n\n${counts}\n`,
      ...all.map(([id, row]) => lineOf(id, row, shownBy.get(`${name} ${id}`) ?? [])),
    ].join('\n');
  });
  return `${sections.join('\n\n')}\n`;
}

const lineOf = (id: string, { text, notApplicable, missing, alsoIn = {} }: Requirement, tests: readonly Shown[]) => {
  const reasons = [
    ...(missing === undefined ? [] : [`**missing**: ${inline(missing)}`]),
    ...(notApplicable === undefined ? [] : [`does not apply: ${inline(notApplicable)}`]),
    ...tests.map(({ spec, title }) => `${linkTo(`e2e/${spec}`, spec)}: ${inline(title)}`),
    ...Object.entries(alsoIn).map(([file, its]) => `${linkTo(file, file)}: ${inline(its)}`),
  ];
  return [`- **${id}** ${inline(text)}`, ...reasons.map((reason) => `  - ${reason}`)].join('\n');
};

const linkTo = (file: string, name: string): string => `[${name}](../${file})`;
/** Text that is no markup. */
const inline = (text: string): string => text.replaceAll(/[<>*_[\]`#\\]/g, String.raw`\$&`);
