import { quoted } from '../../fleet/quoted.ts';
import { runRequest } from '../run-request.ts';

/** A pattern of `--grep` that matches this text. */
const patternOf = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`);

/** The command that runs a failed test alone. @param fleetOptions of `npm run e2e`, which select the same fleet. */
export function commandsFor(
  test: { spec: string; title: string },
  fleetOptions: readonly string[] = runRequest.fleetOptions,
): string[] {
  const { again } = runRequest;
  if (again !== undefined) return [`${again} --only ${quoted(test.title)}`];
  // Playwright joins the titles of groups by spaces.
  const title = test.title.split(': ');
  const pattern =
    patternOf(title[0] ?? '') +
    title
      .slice(1)
      .map((part) => `:? ${patternOf(part)}`)
      .join('');
  // Which app the claims about the layer were made on.
  const app = process.env.E2E_APP ? `E2E_APP=${quoted(process.env.E2E_APP)} ` : '';
  return [`${app}npm run e2e -- ${[test.spec, '--grep', pattern, ...fleetOptions].map(quoted).join(' ')}`];
}
