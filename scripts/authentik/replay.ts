import { readRecording, recordedProfiles } from '../../fixtures/authentik/replay/recording.ts';
import { replayRecording } from '../../fixtures/authentik/replay/replay.ts';
import { differentExchanges, replayReport, tableOf } from '../../fixtures/authentik/replay/report.ts';
import { exitCodes } from '../../fleet/errors.ts';
import { progress } from '../command/run-command.ts';

/** Replays recordings, one or all, against the mock, and prints where it differs. @returns the exit code */
export async function replayRecordings(only?: string): Promise<number> {
  let differs = false;
  for (const profile of only === undefined ? recordedProfiles : [only]) {
    progress(`Replaying the exchanges of ${profile}.`);
    const replayed = await replayRecording(readRecording(profile), profile);
    const different = differentExchanges(replayed);
    console.log(tableOf(replayed));
    const report = replayReport(profile, different);
    if (report !== '') console.log(report);
    differs ||= different.length > 0;
  }
  return differs ? exitCodes.productFailed : exitCodes.passed;
}
