import { globSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Engine } from '../../fleet/engines/shared/engine.ts';
import { exitCodes, HarnessError } from '../../fleet/errors.ts';
import { regressionNamed, regressions } from '../../fixtures/regressions/catalogue.ts';
import type { Regression } from '../../fixtures/regressions/regression.ts';
import { interruption } from '../command/interruption.ts';
import { switchesOf } from '../prove/switched.ts';
import { progress } from '../command/run-command.ts';
import { attempt, type Attempt } from './attempt.ts';
import { candidatesFor } from './candidates.ts';
import { reasonsFor } from './classify.ts';
import type { Exchange } from './exchange.ts';
import { isExact } from './fit.ts';
import { changeWith, conditionsOf, withPlayer } from './on-fleet.ts';
import { readHar } from './read-har.ts';
import { podHeaders } from './redacted-har.ts';
import { assumptionsFor } from './investigate.ts';
import { storyOf, type Story } from './story.ts';

/** A recording of a fault, and the candidates that `repro` tries before or together with that fault. */
interface Recording {
  fault: Regression;
  hasPods: boolean;
  story: Story;
  candidates: Regression[];
  /** By name of the fault; of no fault by an empty name. */
  attempts: Map<string, Attempt>;
}

export const withoutPods = (exchange: Exchange): Exchange => {
  const received = new Headers(exchange.received);
  for (const name of podHeaders) received.delete(name);
  return { ...exchange, received };
};

/**
 * Measures how often the first fault that is named is the right one, over recordings whose names are those of their
 * faults, each with and without the names of pods. A fleet with a fault is started once for all recordings.
 * @returns the exit code: 0 when nine of ten are right.
 */
export async function measureRate(folder: string, { engine, seed }: { engine: Engine; seed: number }): Promise<number> {
  const recordings = await recordingsIn(folder, engine);
  const switches = await switchesOf(await regressions());
  const faults = new Map(recordings.flatMap(({ candidates }) => candidates).map((fault) => [fault.name, fault]));
  for (const fault of [undefined, ...faults.values()]) {
    // Without a fault every pod answers the same, so their names make no difference.
    const its = recordings.filter(({ candidates, hasPods }) => (fault ? candidates.includes(fault) : hasPods));
    const after = fault?.refusedAfter;
    await withPlayer(engine, [changeWith(fault, switches), ...conditionsOf(after)], async (player) => {
      for (const recording of its) {
        interruption.throwIfAborted();
        const { fault: own, hasPods, story } = recording;
        const assumptions = fault ? assumptionsFor(after) : assumptionsFor(own.refusedAfter).slice(0, 1);
        const what = `${own.name}${hasPods ? '' : ' without pods'}: ${fault?.name ?? 'without a fault'}`;
        try {
          const made = await attempt(player, story, { seed, assumptions, ...(fault && { fault }) });
          for (const each of fault ? [recording] : recordings.filter((other) => other.fault === own))
            each.attempts.set(fault?.name ?? '', made);
          progress(`${what} ${made.fit.fits} of ${made.fit.of}`);
        } catch (error) {
          // Counts as wrong, and the other recordings are still measured.
          progress(`${what} cannot be played: ${(error as Error).message}`);
        }
      }
    });
  }
  for (const recording of recordings) console.log(row(recording));
  const rates = [true, false].map((hasPods) => {
    const its = recordings.filter((recording) => recording.hasPods === hasPods);
    const right = its.filter(isRight).length;
    console.log(`${hasPods ? 'With' : 'Without'} the names of pods: ${right} of ${its.length} right.`);
    return right / its.length;
  });
  return Math.min(...rates) >= 0.9 ? exitCodes.passed : exitCodes.productFailed;
}

async function recordingsIn(folder: string, engine: Engine): Promise<Recording[]> {
  const files = globSync('*.har', { cwd: folder }).toSorted();
  if (files.length === 0)
    throw new HarnessError(
      `${folder} has no *.har. Record one: npm run repro -- <name> --record-har ${folder}/<name>.har`,
    );
  const both = await Promise.all(
    files.map(async (file) => {
      const fault = await regressionNamed(basename(file, '.har'));
      const exchanges = readHar(join(folder, file));
      return Promise.all(
        [exchanges, exchanges.map(withoutPods)].map(async (each, index): Promise<Recording> => {
          const story = storyOf(each);
          const candidates = await candidatesFor(reasonsFor(story), 'plausible', engine);
          const own = candidates.find(({ fault: { name } }) => name === fault.name);
          // Those with fewer points are not tried when this one fits.
          const tried = own ? candidates.filter(({ points }) => points >= own.points) : [];
          return {
            fault,
            hasPods: index === 0,
            story,
            candidates: tried.map((each) => each.fault),
            attempts: new Map(),
          };
        }),
      );
    }),
  );
  return both.flat();
}

const exactOnes = ({ candidates, attempts }: Pick<Recording, 'candidates' | 'attempts'>): string[] =>
  candidates.map(({ name }) => name).filter((name) => isExactIn(attempts, name));

const isExactIn = (attempts: Recording['attempts'], name: string): boolean => {
  const made = attempts.get(name);
  return made !== undefined && isExact(made.fit);
};

/** Whether the first fault that fits is the recorded one, and a replay without a fault does not fit. */
export const isRight = (recording: Pick<Recording, 'fault' | 'candidates' | 'attempts'>): boolean =>
  recording.attempts.has('') && !isExactIn(recording.attempts, '') && exactOnes(recording)[0] === recording.fault.name;

function row(recording: Recording): string {
  const { fault, hasPods, attempts } = recording;
  const score = (name: string): string => {
    const fit = attempts.get(name)?.fit;
    return fit ? `${fit.fits} of ${fit.of}` : 'not played';
  };
  const others = exactOnes(recording).filter((name) => name !== fault.name);
  const cells = [
    fault.name + (hasPods ? '' : ' without pods'),
    score(''),
    score(fault.name),
    others.join(', ') || 'none',
    isRight(recording) ? 'yes' : 'no',
  ];
  return `| ${cells.join(' | ')} |`;
}
