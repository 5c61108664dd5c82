import { causesOfRun } from './causes.ts';
import { fitted, leftOutBytes, leftOutOf, maxBytes } from './fitted.ts';
import { html, type Html } from './html.ts';
import { duration } from './duration.ts';
import { cell, page, prose, table } from './page.ts';
import type { ReportedTest, RunReport, Status } from './report.ts';
import { testSection } from './test-section.ts';

/** Only this many failed tests are expanded, so that the page stays readable. */
const openAtFirst = 3;

/** Maximum number of rows in the table of tests that did not run. */
const mostReasons = 30;
const mostSpecs = 12;

const statuses: readonly Status[] = ['failed', 'flaky', 'skipped', 'passed'];

/** A run as one page, below {@link maxBytes}. What does not fit is omitted, and the page says so. */
export function runPage(report: RunReport): string {
  const { tests } = report;
  const open = new Set(tests.filter(({ failure }) => failure).slice(0, openAtFirst));
  const most = maxBytes - Buffer.byteLength(pageOf(report, new Map())) - leftOutBytes;
  const sections = fitted(tests, (test, detail) => testSection(test, detail, open.has(test)), most);
  return pageOf(report, sections, leftOutOf(tests, sections));
}

/** @param sections the parts of the tests, by id. */
function pageOf(report: RunReport, sections: ReadonlyMap<string, { part?: Html }>, leftOut?: string): string {
  const { tests, verdict, sentence, startedAt, seconds, engine, workers } = report;
  const part = (some: readonly ReportedTest[]): Html[] => some.flatMap(({ id }) => sections.get(id)?.part ?? []);
  const failed = tests.filter(({ status }) => status === 'failed' || status === 'flaky');
  const others = tests.filter((test) => !failed.includes(test));
  return page(
    'Run report',
    {
      status: verdict.failed > 0 || verdict.errors.length > 0 ? 'failed' : verdict.passed > 0 ? 'passed' : 'unknown',
      sentence,
      about: `${new Date(startedAt).toUTCString()}, ${engine} engine, ${workers === 1 ? '1 worker' : `${workers} workers`}, ${duration(seconds * 1_000)}`,
      facts: [
        [verdict.passed, 'proven'],
        [verdict.failed, 'failed'],
        [verdict.skipped, 'not run'],
        [duration(Math.max(0, ...tests.map(({ milliseconds }) => milliseconds))), 'slowest test'],
      ],
    },
    html` ${
        verdict.errors.length > 0 &&
        html`<h2>Errors outside of tests</h2>
          ${verdict.errors.map((error) => html`<pre>${error}</pre>`)}`
      }
      ${likelyCauses(tests)} ${notRun(tests)}
      <h2 id="tests">Tests</h2>
      ${leftOut !== undefined && html`<p>${leftOut}</p>`}
      <fieldset class="filter">
        <legend>Show</legend>
        <label><input type="radio" name="show" value="all" checked />All</label>
        ${statuses
          .map((status) => [status, tests.filter((test) => test.status === status).length] as const)
          .filter(([, count]) => count > 0)
          .map(
            ([status, count]) =>
              html`<label><input type="radio" name="show" value="${status}" />${status} ${count}</label>`,
          )}
      </fieldset>
      ${
        failed.length > 0 &&
        html`<section class="area">
          <h3>Failed</h3>
          ${part(failed)}
        </section>`
      }
      ${[...Map.groupBy(others, ({ spec }) => spec.split('/')[0] ?? '')].map(
        ([area, its]) =>
          html`<section class="area">
            <h3>${area}</h3>
            ${part(its)}
          </section>`,
      )}`,
    filterStyle,
  );
}

/** The filter hides tests of other statuses, and areas that are empty then. It needs no script. */
const filterStyle = statuses
  .map(
    (status) =>
      `body:has([name=show][value=${status}]:checked) :is(.test:not(.${status}), .area:not(:has(.${status}))) { display: none; }`,
  )
  .join('\n');

/** The regressions that explain the failures. */
function likelyCauses(tests: readonly ReportedTest[]): Html | undefined {
  const causes = causesOfRun(tests);
  if (causes.length === 0) return undefined;
  const failures = tests.filter(({ failure }) => failure).length;
  return html`<h2>Likely causes</h2>
    <div class="causes">
      ${causes.map(
        (cause) =>
          html`<div class="card">
            <h3>${cause.title}</h3>
            <p>${prose(cause.explanation)}</p>
            <p class="soft">
              Explains ${cause.failures} of ${failures} failures; ${cause.explained} of ${cause.claimed} tests that
              claim it failed in its way.
            </p>
            <p><code>npm run repro -- ${cause.regression}</code></p>
          </div>`,
      )}
    </div>`;
}

/** Tests that did not run, by their reason. */
function notRun(tests: readonly ReportedTest[]): Html | undefined {
  const left = tests.filter(({ status }) => status === 'skipped' || status === 'not run');
  if (left.length === 0) return undefined;
  const reasons = [...Map.groupBy(left, ({ reason = 'the run ended before' }) => reason)].toSorted(
    ([, a], [, b]) => b.length - a.length,
  );
  return html`<h2>Not run</h2>
    ${table(
      'Tests that were not run',
      ['why', { number: 'tests' }, 'which'],
      reasons
        .slice(0, mostReasons)
        .map(([reason, its]) => [
          cell(reason),
          cell(its.length, 'number'),
          cell(listed([...new Set(its.map(({ spec }) => spec))], mostSpecs), 'wide'),
        ]),
    )}
    ${reasons.length > mostReasons && html`<p class="soft">And ${reasons.length - mostReasons} further reasons.</p>`}`;
}

const listed = (names: readonly string[], most: number): string =>
  names.length <= most ? names.join(', ') : `${names.slice(0, most).join(', ')} and ${names.length - most} more`;
