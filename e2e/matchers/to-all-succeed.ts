interface Answer {
  status: number;
  error?: string;
  pod?: string;
}

/** Every answer is a 2xx: a redirect may lead to the sign-in page. The message counts the others by pod and status. */
export function toAllSucceed(answers: readonly Answer[]) {
  const failed = answers.filter(({ status }) => status < 200 || status >= 300);
  return {
    pass: answers.length > 0 && failed.length === 0,
    message: () =>
      answers.length === 0
        ? 'there were no answers at all'
        : `${failed.length} of ${answers.length} requests failed: ${tally(failed)}`,
  };
}

function tally(failed: readonly Answer[]): string {
  const groups = Map.groupBy(
    failed,
    ({ status, error, pod }) => `${status || 'no answer'}${error ? ` ${error}` : ''}${pod ? ` from ${pod}` : ''}`,
  );
  return [...groups].map(([what, its]) => `${its.length} x ${what}`).join(', ');
}
