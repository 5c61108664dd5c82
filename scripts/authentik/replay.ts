import { readRecording, readRecordingOf, recordedProfiles } from '../../fixtures/authentik/replay/recording.ts';
import { replay } from '../../fixtures/authentik/replay/replay.ts';
import { reportOf, tableOf, verdictOf } from '../../fixtures/authentik/replay/report.ts';
import { exitCodes, HarnessError } from '../../fleet/errors.ts';
import { progress } from '../command/run-command.ts';

/**
 * Replays recordings against the mock, and prints where it differs. @param only this profile; otherwise every recorded
 * one. @param file another recording than that of the repository. @returns the exit code
 */
export async function replayRecordings(only?: string, file?: string): Promise<number> {
  let differs = false;
  for (const profile of only === undefined ? recordedProfiles : [only]) {
    if (file === undefined && !recordedProfiles.includes(profile))
      throw new HarnessError(
        `There is no recording of ${profile}. Take one of ${recordedProfiles.join(', ')}, or add the file of a recording.`,
      );
    progress(`Replaying the exchanges of ${profile}.`);
    const replayed = await replay(file === undefined ? readRecordingOf(profile) : readRecording(file), profile);
    // What is accepted belongs to the recordings of this repository.
    const verdict = file === undefined ? verdictOf(replayed) : verdictOf(replayed, []);
    console.log(tableOf(replayed));
    const report = reportOf(profile, verdict);
    if (report !== '') console.log(report);
    differs ||= verdict.different.length > 0 || verdict.gone.length > 0;
  }
  return differs ? exitCodes.productFailed : exitCodes.passed;
}
