// `npm run replay`: plays recorded exchanges of a real Authentik against the mock, and shows where it answers differently.
import { Argument } from 'commander';
import { exitCodes, HarnessError } from '../fleet/errors.ts';
import { profiles } from '../fixtures/authentik/settings/profile.ts';
import { readRecording, readRecordingOf, recordedProfiles } from '../fixtures/authentik/replay/recording.ts';
import { replay } from '../fixtures/authentik/replay/replay.ts';
import { reportOf, tableOf } from '../fixtures/authentik/replay/report.ts';
import { verdictOf } from '../fixtures/authentik/replay/verdict.ts';
import { fromCallersFolder } from './command/callers-folder.ts';
import { commandLine } from './command/command-line.ts';
import { progress, runCommand } from './command/run-command.ts';

const program = commandLine('replay')
  .description('Replays recorded exchanges of a real Authentik against the mock, and shows where its responses differ.')
  .addArgument(new Argument('[profile]', 'only the recording of this profile').choices(Object.keys(profiles)))
  .option('--recording <file>', 'another recording, replayed against the profile', fromCallersFolder)
  .addHelpText(
    'after',
    `
Recordings and their format: fixtures/authentik/recordings/README.md
Exit codes: 0 as recorded, save for the accepted differences; 1 the mock differs; 2 the harness failed.`,
  )
  .parse();
const [only] = program.args;
const { recording } = program.opts<{ recording?: string }>();

await runCommand(async () => {
  let differs = false;
  for (const profile of chosenProfiles()) {
    progress(`Replaying the exchanges of ${profile}.`);
    const replayed = await replay(
      recording === undefined ? readRecordingOf(profile) : readRecording(recording),
      profile,
    );
    // What is accepted belongs to the recordings of this repository.
    const verdict = recording === undefined ? verdictOf(replayed) : verdictOf(replayed, []);
    console.log(tableOf(replayed));
    const report = reportOf(profile, verdict);
    if (report !== '') console.log(report);
    differs ||= verdict.different.length > 0 || verdict.gone.length > 0;
  }
  return differs ? exitCodes.productFailed : exitCodes.passed;
});

function chosenProfiles(): readonly string[] {
  if (recording !== undefined && only === undefined)
    throw new HarnessError(
      `Name the profile that ${recording} shows: npm run replay -- 2026.5.3 --recording ${recording}`,
    );
  if (only === undefined) return recordedProfiles;
  if (recording !== undefined || recordedProfiles.includes(only)) return [only];
  throw new HarnessError(
    `There is no recording of ${only}. Take one of ${recordedProfiles.join(', ')}, or give --recording <file>.`,
  );
}
