import { quoted } from '../../e2e/report/commands.ts';
import { exitCodes } from '../../fleet/errors.ts';
import type { Engine } from '../../fleet/engines/shared/engine.ts';
import { describeAttempts, describeReasons, describeShortest, describeStory, describeVerdict } from './answer.ts';
import type { Faults } from './candidates.ts';
import { reasonsFor } from './classify.ts';
import { isExact } from './fit.ts';
import { parseMap } from './hosts.ts';
import { investigate } from './investigate.ts';
import type { Input } from './read-input.ts';
import { isRefused } from '../../e2e/replays/outcome.ts';
import { storyOf, type Story } from './story.ts';
import { specPath, writeSpec } from './write-spec.ts';

interface Options {
  engine: Engine;
  map?: readonly string[];
  seed: number;
  faults: Faults;
  writeSpec?: string;
  force?: true;
}

/** Finds out why a recorded session was refused. @returns the exit code: 0 when a fault explains it. */
export async function fromRecording({ exchanges, option }: Input, options: Options): Promise<number> {
  const { seed } = options;
  const spec =
    options.writeSpec === undefined ? undefined : specPath(options.writeSpec, { force: options.force ?? false });
  const story = storyOf(exchanges, parseMap(options.map ?? []));
  const reasons = reasonsFor(story);
  console.log(describeStory(story));
  if (reasons.length === 0) {
    console.log(nothingToExplain(story));
    return exitCodes.productFailed;
  }
  console.log(describeReasons(reasons));

  const found = await investigate(story, reasons, options);
  const { healthy, attempts, shortest } = found;
  const best = attempts[0]?.fault;
  console.log(describeAttempts(found, story));
  console.log(describeShortest(found));
  console.log(`\n${describeVerdict(found, seed)}`);
  const isExplained = !isExact(healthy.fit) && attempts[0]?.fit.shows === true;
  const again = `npm run repro -- ${option}${(options.map ?? []).map((map) => ` --map ${quoted(map)}`).join('')} --seed ${seed}`;
  console.log(`\nAgain: ${again}${isExplained && best ? ` --faults ${best.name}` : ''}`);
  if (isExplained && best) console.log(`Live:  npm run repro -- ${best.name}`);
  if (spec !== undefined)
    console.log(
      shortest ? await writeSpec(spec, shortest, shortest.fault) : 'No replay was refused, so no spec was written.',
    );
  return isExplained ? exitCodes.passed : exitCodes.productFailed;
}

function nothingToExplain({ requests }: Story): string {
  const refused = requests.filter(({ outcome }) => isRefused(outcome)).length;
  return refused === 0
    ? 'No request in it was refused, so there is nothing to explain. Record while it happens.'
    : `Refused requests: ${refused}, and rightly. They had no session cookie, or came after a sign-out. Record from the sign-in on.`;
}
