// `npm run replay`: plays recorded exchanges of a real Authentik against the mock, and shows where it answers differently.
import { Argument } from 'commander';
import { exitCodes, HarnessError } from '../fleet/errors.ts';
import { profiles } from '../fixtures/authentik/settings/profile.ts';
import { readRecording, readRecordingFile, sources } from '../fixtures/authentik/replay/recording.ts';
import { replay } from '../fixtures/authentik/replay/replay.ts';
import { reportOf, tableOf } from '../fixtures/authentik/replay/report.ts';
import { verdictOf } from '../fixtures/authentik/replay/verdict.ts';
import { fromCallersFolder } from './command/callers-folder.ts';
import { commandLine } from './command/command-line.ts';
import { progress, runCommand } from './command/run-command.ts';

const program = commandLine('replay')
  .description('Replays recorded exchanges of a real Authentik against the mock, and shows where its responses differ.')
  .addArgument(new Argument('[profile]', 'only the recordings of this profile').choices(Object.keys(profiles)))
  .option('--recording <file>', 'another recording, played against the profile', fromCallersFolder)
  .option('--without-hints', 'play as a recording that nobody knows: every state is inferred from its exchanges')
  .addHelpText(
    'after',
    `
Recordings and their format: fixtures/authentik/recordings/README.md
Exit codes: 0 as recorded, save for the accepted differences; 1 the mock differs; 2 the harness failed.`,
  )
  .parse();
const [only] = program.args;
const { recording, withoutHints = false } = program.opts<{ recording?: string; withoutHints?: true }>();

await runCommand(async () => {
  let differs = false;
  for (const { profile, played } of chosen()) {
    progress(`Playing the exchanges of ${profile}.`);
    const replayed = await (withoutHints ? replay(played, profile, {}) : replay(played, profile));
    const { findings, gone } = verdictOf(replayed);
    // What is accepted belongs to the recordings of this repository and to their hints.
    const verdict = { findings, gone: recording === undefined && !withoutHints ? gone : [] };
    console.log(tableOf(replayed));
    const report = reportOf(profile, verdict);
    if (report !== '') console.log(report);
    differs ||= verdict.findings.length > 0 || verdict.gone.length > 0;
  }
  return differs ? exitCodes.productFailed : exitCodes.passed;
});

function chosen() {
  if (recording === undefined) {
    const ofProfile = sources.filter(({ profile }) => only === undefined || profile === only);
    if (ofProfile.length > 0)
      return ofProfile.map((source) => ({ profile: source.profile, played: readRecording(source) }));
    const recorded = sources.map(({ profile }) => profile).join(', ');
    throw new HarnessError(`There is no recording of ${only}. Take one of ${recorded}, or give --recording <file>.`);
  }
  if (only !== undefined) return [{ profile: only, played: readRecordingFile(recording) }];
  throw new HarnessError(
    `Name the profile that ${recording} shows: npm run replay -- 2026.5.3 --recording ${recording}`,
  );
}
