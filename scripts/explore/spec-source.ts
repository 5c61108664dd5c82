import { sentenceOf } from '../../e2e/explore/run-step.ts';
import type { Step } from '../../e2e/explore/step.ts';
import type { Failure } from './search.ts';

/** Seconds that a test with these steps takes at most on a quiet machine. */
const secondsOf = (steps: readonly Step[]): number => 60 + 10 * steps.length;

/** The title of a spec's test, where its sequence comes from, and the way from its folder to `e2e/`. */
export interface SpecDetails {
  title: string;
  origin: string;
  toE2e: string;
}

/** The source of a spec that runs a sequence. */
export function specSource({ steps, message }: Failure, { title, origin, toE2e }: SpecDetails): string {
  return `import { replay } from '${toE2e}/explore/replay.ts';
import { test } from '${toE2e}/fixtures/index.ts';

test.use({ needs: ['store', 'authentik-control', 'rollout', 'kill'] });
test.setTimeout(${secondsOf(steps) * 1000});

// ${comment(message)}
test(${JSON.stringify(title)}, async ({ fleet, browser, clientId }) => {
  // ${comment(origin)} Give it a name, and move it to the folder of what it shows.
  await replay({ fleet, browser, clientId }, [
${steps.map((step) => `    // ${comment(sentenceOf(step))}\n    ${JSON.stringify(step)},`).join('\n')}
  ]);
});
`;
}

/** The source of a regression that the spec of a sequence must catch. What it changes is to be filled in. */
export function stubSource({ message }: Failure, filter: string): string {
  return `// Copy the entry into a file of fixtures/regressions, fill it in, and tag the test of the spec with its name.
import { edit, type RegressionsOfArea } from './regression.ts';

export const found: RegressionsOfArea = {
  'name-of-the-fault': {
    title: 'The fault in one line',
    explanation: ${JSON.stringify(message)},
    change: edit({ file: 'apps/base/server/…', find: 'the right code', replace: 'the wrong code' }),
    caughtBy: { ${JSON.stringify(filter)}: /${patternOf(message)}/ },
  },
};
`;
}

const comment = (text: string): string => text.replaceAll('\n', ' ');

/** The pod and revision of an answer, and the id of a session: they differ from run to run. */
const varies = /(by )\S+ \([^)]*\)|(:oidc:)[\w-]+/g;

/** A pattern for a message, whichever pod and session it names. */
export const patternOf = (message: string): string =>
  message
    .replaceAll(varies, (_, by = '', key = '') => `${by}${key}\0`)
    .replaceAll(/[.*+?^${}()|[\]\\/]/g, String.raw`\$&`)
    .replaceAll('\0', '[^;]+');
