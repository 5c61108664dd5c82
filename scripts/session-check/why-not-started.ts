import type { CheckedApp } from '../../e2e/any-app/checked-app.ts';
import { redact } from '../../e2e/report/redact.ts';
import { CannotRunHere, ReportedError } from '../../fleet/errors.ts';
import { nameOf } from '../../fleet/one-app/command-app.ts';
import { oneLine } from '../../fleet/one-line.ts';

/** What is seen of an app that does not start, and what to try next; the first that matches. */
const causes: ReadonlyArray<readonly [seen: RegExp, sentence: (app: CheckedApp, match: RegExpExecArray) => string]> = [
  [
    /EADDRINUSE|\b(?:address|port \d+) (?:is )?(?:already )?in use/i,
    ({ portVariable }) =>
      `its address is in use: it listens on another port than the one that it got as ${portVariable}, the same in each pod. Name the variable that it reads: --port-variable <name>`,
  ],
  [
    /startup probe failed: connect ECONNREFUSED \S+:(\d+)/,
    ({ portVariable }, [, port]) =>
      `it does not listen on the port ${port} that it got as ${portVariable}. Name the variable that it reads: --port-variable <name>`,
  ],
  [
    /last end: exit code 12[67]\b/,
    ({ cwd }) =>
      `the shell cannot run it in ${cwd}. Is a program of it not installed, or the folder another: --in <folder>?`,
  ],
  [
    /last end: (exit code \d+|SIG(?!TERM)\w+)/,
    (_app, [, how]) =>
      `it ends by itself (${how}). Does it need a build first, or a variable that it does not get? --env 'NAME=value'`,
  ],
  [
    /startup probe failed: (.+)/,
    ({ ready = '' }, [, why]) => `GET ${ready} is not answered with 200 (${why}). Give a path that is: --ready <path>`,
  ],
  [/did not start: (.+)/, (_app, [, why]) => why ?? ''],
];

/** The last lines of an app's log, for a terminal. */
export const ofLog = (lines: readonly string[]): string =>
  lines
    .slice(-15)
    .map((line) => `  ${oneLine(line).trim().slice(0, 300)}`)
    .join('\n');

/** An error of the fleet's start; that of the app in words of its owner. @param secrets that its log must not show. */
export function whyNotStarted(error: unknown, app: CheckedApp, secrets: readonly string[] = []): unknown {
  if (!(error instanceof ReportedError) || !error.message.startsWith(`${nameOf(app)} did not start`)) return error;
  const [, log = ''] = error.message.split(/^Last lines of .*\n/m);
  for (const [seen, sentence] of causes) {
    const match = seen.exec(error.message);
    if (!match) continue;
    const lines = log.split('\n').filter((line) => line.trim() !== '' && !line.includes('[fleet]'));
    const said = lines.length > 0 ? `It said:\n${ofLog(lines)}` : 'It said nothing.';
    const what = app.manifests ? 'The pods do not start' : `The app does not start with '${app.start}'`;
    const text = `${what}: ${sentence(app, match)}\n${said}`;
    return new CannotRunHere(redact(text, secrets), { cause: error });
  }
  return error;
}
