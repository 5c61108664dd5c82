import { fitted, leftOutBytes, leftOutOf, maxBytes, type Detail } from './fitted.ts';
import type { ReportedTest, RunReport } from './report.ts';

/** A run as JSON, below {@link maxBytes}. What does not fit is omitted, and `leftOut` says so. */
export function runJson({ tests, ...frame }: RunReport): string {
  const most = maxBytes - Buffer.byteLength(JSON.stringify(frame)) - leftOutBytes;
  // Includes the comma between tests.
  const details = fitted(tests, (test, detail) => `${JSON.stringify(withDetail(test, detail))},`, most);
  const left = leftOutOf(tests, details);
  return JSON.stringify({
    ...frame,
    ...(left === undefined ? {} : { leftOut: left }),
    tests: tests.flatMap((test) => {
      const { detail = 'gone' } = details.get(test.id) ?? {};
      return detail === 'gone' ? [] : [withDetail(test, detail)];
    }),
  });
}

function withDetail({ timeline, failure, ...test }: ReportedTest, detail: Detail): ReportedTest {
  const isBare = detail === 'bare' || detail === 'line';
  return {
    ...test,
    ...(failure && { failure: isBare ? { ...failure, message: failure.saw } : failure }),
    ...(timeline && (detail === 'whole' || detail === 'short') ? { timeline } : {}),
  };
}
