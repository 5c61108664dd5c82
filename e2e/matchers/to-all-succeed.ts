import { describeAnswer, describeRequest, type Answer } from '../models/answer.ts';

/**
 * Every response is a 2xx, because a redirect may lead to the sign-in page. The message counts the others by status and
 * pod, and shows the first one in full.
 */
export function toAllSucceed(answers: readonly Answer[]) {
  const failed = answers.filter(({ status }) => status < 200 || status >= 300);
  const [first] = failed;
  return {
    pass: answers.length > 0 && failed.length === 0,
    message: () =>
      first === undefined
        ? 'there were no answers at all'
        : `${failed.length} of ${answers.length} requests failed: ${tally(failed)}. ` +
          `The first: ${describeRequest(first)} was answered ${describeAnswer(first)}`,
  };
}

function tally(failed: readonly Answer[]): string {
  const groups = Map.groupBy(failed, ({ status, error, pod }) =>
    describeAnswer({ status, ...(error ? { error } : {}), ...(pod ? { pod } : {}) }),
  );
  return [...groups].map(([what, its]) => `${its.length} x ${what}`).join(', ');
}
