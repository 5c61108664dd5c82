import type { Cause } from './report.ts';

/** A word, quoted for a POSIX shell. */
export const quoted = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;

/** A pattern of `--grep` that matches this text. */
const patternOf = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`);

/**
 * Environment variable of the test runner: the options of `npm run e2e` that select the same fleet, quoted for a shell.
 */
export const fleetOptionsVariable = 'E2E_FLEET_OPTIONS';

/**
 * The commands that reproduce a failure: the test alone, and the regression that is its likely cause.
 * @param fleetOptions as in {@link fleetOptionsVariable}
 */
export function commandsFor(
  test: { spec: string; title: string },
  causes: readonly Cause[],
  fleetOptions = process.env[fleetOptionsVariable] ?? '',
): string[] {
  // Playwright joins the titles of groups by spaces.
  const title = test.title.split(': ');
  const pattern =
    patternOf(title[0] ?? '') +
    title
      .slice(1)
      .map((part) => `:? ${patternOf(part)}`)
      .join('');
  const likely = causes.find(({ fits }) => fits);
  return [
    `npm run e2e -- ${quoted(test.spec)} --grep ${quoted(pattern)} ${fleetOptions}`.trimEnd(),
    ...(likely ? [`npm run repro -- ${likely.regression}`] : []),
  ];
}
