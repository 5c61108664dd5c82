import { signOutsIn } from './bands.ts';
import { isFailed, otherLanes, type KeySeen, type Mark, type Timeline } from './timeline.ts';
import { causesTitle, describeCause } from './causes.ts';
import type { Detail } from './fitted.ts';
import { html, type Html } from './html.ts';
import { duration } from './duration.ts';
import { badge, cell, prose, figure, table } from './page.ts';
import type { Failure, ReportedTest } from './report.ts';
import { sessionClasses, timelineLegend, timelineSvg } from './timeline-svg.ts';

/** The part of a test in the page, with its claim as its name. */
export function testSection(test: ReportedTest, detail: Detail, isOpen = false): Html {
  const line = html`${badge(test.status)}<span class="name">${test.title}</span
    >${test.milliseconds > 0 && html`<span class="time">${duration(test.milliseconds)}</span>`}`;
  if (detail === 'line') return html`<div class="test ${test.status}" id="${test.id}">${line}</div>`;
  return html` <details class="test ${test.status}" ${isOpen && html` open`}>
    <summary>${line}</summary>
    <div id="${test.id}">
      ${!test.failure && html`<p><code>e2e/${test.spec}:${test.line}</code></p>`}
      ${test.reason !== undefined && html`<p>Not run: ${test.reason}.</p>`}
      ${test.failure && failurePart(test.title, test.failure, detail)}
      ${test.timeline && timelinePart(test, test.timeline, detail)}
    </div>
  </details>`;
}

const failurePart = (title: string, { saw, message, at, evidence, causes, again }: Failure, detail: Detail): Html =>
  html` <dl class="why">
      <dt>Expected</dt>
      <dd>${title}</dd>
      <dt>Seen</dt>
      <dd><p class="bad">${saw}</p></dd>
      ${
        evidence.length > 0 &&
        html`<dt>Evidence</dt>
          <dd>${(detail === 'bare' ? evidence.slice(0, 1) : evidence).map((line) => html`<p>${line}</p>`)}</dd>`
      }
      <dt>Where</dt>
      <dd><code>e2e/${at}</code></dd>
      ${
        causes.length > 0 &&
        html`<dt>${causesTitle(causes)}</dt>
          <dd>
            ${causes.map(
              (cause, index) =>
                html`<p>${index === 0 && cause.fits ? html`<b>${describeCause(cause)}</b>` : describeCause(cause)}</p>
                  ${index === 0 && cause.fits && html`<p class="soft">${prose(cause.explanation)}</p>`}`,
            )}
          </dd>`
      }
      <dt>See it again</dt>
      <dd>${again.map((command) => html`<p><code>${command}</code></p>`)}</dd>
    </dl>
    ${
      detail !== 'bare' &&
      html`<details>
        <summary>The whole message</summary>
        <pre>${message}</pre>
      </details>`
    }`;

function timelinePart({ title, status }: ReportedTest, timeline: Timeline, detail: Detail): Html | undefined {
  const { marks, bands, leftOut, keys } = timeline;
  if (detail === 'none' || detail === 'bare')
    return html`<p class="soft">${marks.length} requests. Their timeline is left out.</p>`;
  if (marks.length === 0 && bands.length === 0) return html`<p class="soft">No request passed the edge.</p>`;
  const isWhole = detail === 'whole';
  return html` ${figure(`Timeline of ${title}`, timelineSvg(timeline, title, { withTitles: isWhole }), html`${isWhole && timelineLegend(sessionClasses(marks).size)}${leftOut > 0 && html`<p>${leftOut} files of pages and further requests are left out.</p>`}`)}
  ${signOutsIn(marks).map(hopsPart)} ${keys && keysPart(keys)}
  ${
    isWhole && status === 'failed'
      ? requestsPart(timeline)
      : html`<details>
          <summary>${marks.length} requests</summary>
          ${groupedRequests(marks)}
        </details>`
  }`;
}

const hopsPart = (hops: readonly Mark[]): Html =>
  html` <h4>Addresses of the sign-out</h4>
    <ol class="hops">
      ${hops.map((hop) => {
        const isWrong = hop.lane === otherLanes.outside;
        return html`<li${isWrong && html` class="wrong"`}><span>${hop.method} ${hop.host}${hop.path}</span><span class="soft">${hop.status || 'no answer'} · ${hop.lane}</span>${isWrong && html`<b class="bad">wrong host</b>`}</li>`;
      })}
    </ol>`;

function keysPart({ before, after }: NonNullable<Timeline['keys']>): Html | undefined {
  const id = ({ db, name }: KeySeen): string => `${db}/${name}`;
  const [had, has] = [new Map(before.map((key) => [id(key), key])), new Map(after.map((key) => [id(key), key]))];
  const names = [...new Set([...had.keys(), ...has.keys()])].filter((name) => !had.has(name) || !has.has(name));
  if (names.length === 0) return undefined;
  return html`<h4>Keys in Redis, before and after</h4>
    ${table(
      'Keys in Redis',
      ['key', 'db', 'change', { number: 'seconds to live' }],
      names.map((name) => {
        const key = (has.get(name) ?? had.get(name)) as KeySeen;
        return [
          cell(html`<code>${key.name}</code>`),
          cell(key.db),
          cell(has.has(name) ? 'new' : 'gone'),
          cell(key.ttl, 'number'),
        ];
      }),
    )}`;
}

/** Every request, and the last log lines of pods. */
function requestsPart({ marks, logs = {} }: Timeline): Html {
  return html`<details>
      <summary>Every request (${marks.length})</summary>
      ${table(
        'Requests',
        [{ number: 'at' }, 'request', 'status', 'by', 'revision', 'session', 'from'],
        marks.map((mark) => [
          cell(duration(mark.at), 'number'),
          cell(`${mark.method} ${mark.host}${mark.path}`, 'wide'),
          cell(isFailed(mark) ? html`<b class="bad">${mark.status || 'none'}</b>` : mark.status),
          cell(mark.lane, 'unbroken'),
          cell(mark.revision),
          cell(mark.session.slice(0, 6)),
          cell(mark.from, 'unbroken'),
        ]),
      )}
    </details>
    ${Object.entries(logs).map(
      ([pod, lines]) =>
        html`<details>
          <summary>Last lines of ${pod}${failuresOf(marks, pod)}</summary>
          <pre>${lines.join('\n')}</pre>
        </details>`,
    )}`;
}

/** `, which answered 20 × 401`, or nothing. */
function failuresOf(marks: readonly Mark[], pod: string): string {
  const failed = marks.filter((mark) => mark.lane === pod && isFailed(mark));
  const counts = [...Map.groupBy(failed, ({ status }) => status)];
  const texts = counts.map(([status, its]) => `${its.length} × ${status || 'nothing'}`);
  return texts.length > 0 ? `, which answered ${texts.join(', ')}` : '';
}

/** Equal requests, grouped in one row. */
function groupedRequests(marks: readonly Mark[]): Html {
  const groups = Map.groupBy(
    marks,
    ({ method, host, path, status }) => `${method} ${host}${path}\n${status || 'none'}`,
  );
  return table(
    'Requests',
    ['request', 'status', { number: 'times' }, 'by'],
    [...groups].map(([group, its]) => {
      const [request = '', status = ''] = group.split('\n');
      const lanes = [...new Set(its.map(({ lane }) => lane))].join(', ');
      return [cell(request, 'wide'), cell(status), cell(its.length, 'number'), cell(lanes)];
    }),
  );
}
