import { styleText } from 'node:util';
import { causeChecks, type Verdict } from './cause-seen.ts';
import { isExact, type Agreement, type Replays } from './replay-faults.ts';
import { requestSentence, wrongResponsesIn, type Story } from './story.ts';

export interface RecordingCause extends Verdict {
  /** The faults that may be the cause, if it is known. */
  faults: readonly string[];
}

/**
 * The cause of the first wrong response. A fault is named only when a fleet with it gives every response of the
 * recording, and when a session that is simply lost at that moment would not look the same.
 */
export function causeOf({ healthy, lost, faulty }: Replays, story: Story): RecordingCause {
  const [wrong = 0] = wrongResponsesIn(story);
  if (isExact(healthy))
    return {
      isKnown: true,
      faults: [],
      sentences: [
        `The refusal was right: this code gives request ${wrong + 1} the same response without a fault, and all others.`,
      ],
    };
  const { first } = healthy;
  const exact = faulty.filter(({ agreement }) => isExact(agreement)).map(({ fault }) => fault);
  const names = exact.map(({ name }) => name);
  if (exact.length > 0 && !isExact(lost))
    return {
      isKnown: true,
      faults: names,
      sentences: [
        `The cause is ${styleText('bold', names.join(' or '))}: a fleet with ${exact.length > 1 ? 'either' : 'it'} gives all ${healthy.of} responses of the recording, one without a fault ${healthy.equal}.`,
        ...exact.map(({ title, explanation }) => `${title}. ${explanation}`),
      ],
    };
  return {
    isKnown: false,
    faults: [],
    sentences: [
      styleText('bold', 'The cause is unknown.'),
      isExact(lost)
        ? 'The session was gone at the first refusal, and the recording does not show why.'
        : `None of the ${faulty.length} regressions that were replayed gives all responses of the recording.`,
      ...(first && first.index > wrong
        ? [
            `This code answers request ${wrong + 1} in the same way without a fault, and differs only later, at request ${first.index + 1}: recorded ${first.recorded}, replayed ${first.replayed}.`,
          ]
        : []),
      ...(exact.length > 0
        ? [`${names.join(', ')} would look the same, and so would any other loss of the session.`]
        : []),
      ...causeChecks,
    ],
  };
}

export function describeReplays({ healthy, lost, faulty }: Replays, story: Story): string {
  const row = (name: string, agreement: Agreement): string => {
    const { equal, of, first } = agreement;
    const differs = first
      ? `request ${first.index + 1} (${requestSentence(story.requests[first.index]!)}): recorded ${first.recorded}, replayed ${first.replayed}`
      : '';
    const score = styleText(isExact(agreement) ? 'green' : 'dim', `${equal} of ${of}`.padEnd(10));
    return `  ${name.padEnd(28)} ${score} ${differs}`.trimEnd();
  };
  return [
    'Responses that a replay gave as recorded:',
    row('without a fault', healthy),
    row('without the session', lost),
    ...faulty.map(({ fault, agreement }) => row(fault.name, agreement)),
  ].join('\n');
}
