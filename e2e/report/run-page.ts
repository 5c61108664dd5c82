import { failuresByKind, testsIn } from './causes.ts';
import { leftSentence } from './failure-text.ts';
import { html, Html, list } from './html.ts';
import { duration } from '../../fleet/duration.ts';
import { style } from './page-style.ts';
import { proved } from './proved.ts';
import { notRunByReason, type ReportedTest, type RunReport, type TestFailure } from './report.ts';
import { classOf, markLine, otherLanes, type Timeline } from './timeline.ts';

/** Failed tests that are expanded, and those with a timeline: more make the page slow and help no reader. */
const mostOpen = 3;
const mostTimelines = 20;

/**
 * A run as one page, without scripts and other files, as its content security policy enforces. Playwright's own report,
 * which it links to, has steps, attachments and traces.
 */
export function runPage(report: RunReport): string {
  const {
    tests,
    verdict,
    sentence,
    startedAt,
    seconds,
    engine,
    workers,
    versions,
    engines = [{ engine: '', ...verdict, seconds }],
  } = report;
  const failed = tests.filter(({ failure }) => failure);
  const status = verdict.failed > 0 || verdict.errors.length > 0 ? 'failed' : verdict.passed > 0 ? 'passed' : 'unknown';
  const fact = (count: number, what: string): Html => html`<span class="fact"><b>${count}</b> ${what}</span>`;
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'" />
        <title>Run report</title>
        <style>
          ${new Html(style)}
        </style>
      </head>
      <body>
        <main>
          <header class="card ${status}">
            <h1>${sentence}</h1>
            <p class="soft">
              ${new Date(startedAt).toUTCString()},
              ${
                engines.length > 1
                  ? engine
                  : `${engine} engine, ${workers === 1 ? '1 worker' : `${workers} workers`}, ${duration(seconds * 1_000)}`
              }<br />
              ${Object.entries(versions).flat().join(' ')}
            </p>
            ${engines.map(
              (its) =>
                html`<p>
                  ${fact(its.passed, 'passed')}${fact(its.failed, 'failed')}${fact(its.skipped, 'skipped')}
                  ${its.engine && html`<span class="soft">on ${its.engine}, ${duration(its.seconds * 1_000)}</span>`}
                </p>`,
            )}
          </header>
          ${
            verdict.errors.length > 0 &&
            html`<h2>Errors outside of tests</h2>
              ${verdict.errors.map((error) => html`<pre>${error}</pre>`)}`
          }
          ${whatWasSeen(report)}
          ${
            failed.length > 0 &&
            html`<h2>Failed tests</h2>
              ${failed.map((test, index) => failedTest(test, index, report.source))}`
          }
          ${proved(report)} ${notRun(tests)}
          <p>
            ${[...new Set(tests.map(({ folder = '' }) => folder))].map(
              (its) => html`<a href="${its}html/index.html">Playwright's report</a> `,
            )}
            has the steps and attachments of every test;
            <code>npx playwright show-trace</code> opens a trace.
          </p>
        </main>
      </body>
    </html> `.toString();
}

/** What was seen, and the regressions that fail so. */
function whatWasSeen({ tests, causes }: RunReport): Html | undefined {
  const kinds = failuresByKind(tests);
  if (kinds.length === 0) return undefined;
  return html`<h2>What was seen</h2>
    ${list(
      kinds.map(
        ([kind, its]) =>
          html`${testsIn(its.length)}: ${kind} <code>${[...new Set(its.map(({ spec }) => spec))].join(', ')}</code>`,
      ),
    )}
    ${causes.length > 0 && html`<h2>Known faults that fail so</h2>`}
    ${causes.map(
      (cause) =>
        html`<div class="card failed">
          <h3>${cause.title}</h3>
          <p>${prose(cause.explanation)}</p>
          <p class="soft">Another fault may fail in the same way.</p>
          <p>To compare: <code>npm run repro -- ${cause.regression}</code></p>
        </div>`,
    )} `;
}

/** Text with code between backticks. */
const prose = (text: string): Html[] =>
  text.split('`').map((part, index) => (index % 2 === 1 ? html`<code>${part}</code>` : html`${part}`));

function failedTest(test: ReportedTest, index: number, source: string): Html | undefined {
  const { failure, timeline } = test;
  if (!failure) return undefined;
  return html`<details class="card failed" id="${test.id}" ${index < mostOpen && html` open`}>
    <summary><b class="bad">failed</b> ${test.title} <span class="soft">${duration(test.milliseconds)}</span></summary>
    ${failurePart(test, failure, source)} ${timeline && index < mostTimelines && timelineFigure(timeline, test.title)}
  </details>`;
}

function failurePart(
  test: ReportedTest,
  { saw, message, at, evidence, left, again, files }: TestFailure,
  source: string,
): Html {
  const [file = '', line = ''] = at.split(':');
  const { folder = '' } = test;
  const row = (name: string, lines: readonly (string | Html)[]): Html | false =>
    lines.length > 0 &&
    html`<dt>${name}</dt>
      <dd>${lines.map((line) => html`<p>${line}</p>`)}</dd>`;
  return html`<dl>
      ${row('Expected', [test.title])} ${row('Seen', [html`<span class="bad">${saw}</span>`])}
      ${row('Evidence', evidence)} ${left && row('Its fleet', [leftSentence(left)])}
      ${row('Where', [html`<a href="${source}e2e/${file}#L${line}"><code>e2e/${at}</code></a>`])}
      ${row(
        'See it again',
        again.map((command) => html`<code>${command}</code>`),
      )}
      ${row('Look closer', [
        html`<a href="${folder}html/index.html#?testId=${test.id}">steps, attachments and trace</a>`,
        ...Object.entries(files).map(([name, path]) => html`<a href="${folder}${path}">${name}</a>`),
      ])}
    </dl>
    <details>
      <summary>The whole message</summary>
      <pre>${message}</pre>
    </details>`;
}

function notRun(tests: readonly ReportedTest[]): Html | undefined {
  const reasons = notRunByReason(tests);
  if (reasons.length === 0) return undefined;
  return html`<h2>Not run</h2>
    ${list(
      reasons.map(
        ([reason, its]) =>
          html`${its.length}: ${reason}
            <span class="soft">${[...new Set(its.map(({ spec }) => spec))].join(', ')}</span>`,
      ),
    )}`;
}

const lastLanes: readonly string[] = [otherLanes.edge, otherLanes.outside];

const meanings = [
  ['ok', 'answered 2xx'],
  ['moved', '3xx'],
  ['refused', '4xx'],
  ['broken', '5xx, no answer, or outside the fleet'],
] as const;

/**
 * A test as a picture: a row for each change of the fleet, and one for each pod with a bar for each request. On a
 * narrow screen it can be scrolled, also with the keyboard.
 */
function timelineFigure({ ms: whole, marks, bands, leftOut }: Timeline, title: string): Html {
  const end = Math.max(100, whole, ...[...marks, ...bands].map(({ at, ms }) => at + ms));
  const share = (ms: number): string => `${((100 * ms) / end).toFixed(2)}%`;
  const bar = (kind: string, { at, ms }: { at: number; ms: number }, text: string): Html =>
    html`<i class="${kind}" style="left: ${share(at)}; width: ${share(ms)}" title="${text}"></i>`;
  const row = (name: string, bars: Html | readonly Html[]): Html =>
    html`<span>${name}</span>
      <div>${bars}</div>`;
  const lanes = [...Map.groupBy(marks, ({ lane }) => lane)].toSorted(
    ([a], [b]) => lastLanes.indexOf(a) - lastLanes.indexOf(b) || a.localeCompare(b),
  );
  return html`<figure>
    <div class="scroll" role="group" tabindex="0" aria-label="Timeline of ${title}">
      <div class="timeline bars" role="img" aria-label="Timeline of ${title}">
        ${bands.map((band) => row(band.label, bar(band.kind, band, `${duration(band.at)} to ${duration(band.at + band.ms)}`)))}
        ${lanes.map(([lane, its]) =>
          row(
            lane,
            its.map((mark) => bar(classOf(mark), mark, markLine(mark))),
          ),
        )}
        ${row(
          '',
          [0, 0.25, 0.5, 0.75].map((part) => html`<b style="left: ${100 * part}%">${duration(part * end)}</b>`),
        )}
      </div>
    </div>
    <figcaption>
      <ul class="legend bars">
        ${meanings.map(([kind, meaning]) => html`<li><i class="${kind}"></i>${meaning}</li>`)}
      </ul>
      ${leftOut > 0 && html`<p>${leftOut} files of pages and further requests are left out.</p>`}
    </figcaption>
  </figure>`;
}
