import { html, list, type Html } from './html.ts';
import type { ReportedTest, RunReport } from './report.ts';

/** What the tests of a run that passed prove: lines with a count, which open. */
export function proved(report: RunReport): Html | undefined {
  const passed = report.tests.filter(({ status }) => status === 'passed');
  if (passed.length === 0) return undefined;
  return html`<h2>What it proved</h2>
    <div class="card passed proved">
      <h3>Claims that hold, by area</h3>
      ${claimsByArea(passed)}
      <h3>In all</h3>
      ${cellsSeen(passed)} ${requirementsShown(report)} ${regressionsCaught(report)}
    </div>`;
}

const opening = (count: number, what: string, content: Html): Html | false =>
  count > 0 &&
  html`<details>
    <summary><b>${count}</b> ${what}</summary>
    ${content}
  </details>`;

const claimsByArea = (passed: readonly ReportedTest[]) =>
  [...Map.groupBy(passed, ({ spec }) => spec.split('/', 1)[0] ?? '')]
    .toSorted(([a], [b]) => a.localeCompare(b))
    .map(([area, its]) => opening(its.length, area, list(its.map(({ title }) => html`${title}`))));

function cellsSeen(passed: readonly ReportedTest[]) {
  const cells = passed.flatMap(({ cells: its = [] }) => its);
  return opening(cells.length, 'faults at a moment are as their table says', list(cells.map((cell) => html`${cell}`)));
}

function requirementsShown({ tests, requirements }: RunReport) {
  const shown = namedIn(tests, (test) => test.requirements);
  const rows = Object.entries(requirements).filter(([id]) => shown.has(id));
  const lines = rows.map(([id, sentence]) => html`<b>${id}</b> ${sentence}`);
  return opening(rows.length, 'requirements of standards are met', list(lines));
}

function regressionsCaught({ tests }: RunReport) {
  const names = [...namedIn(tests, ({ tags }) => tags)].toSorted();
  const codes = names.map((name) => html`<code>${name}</code> `);
  return opening(names.length, 'known regressions would be caught', html`<p>${codes}</p>`);
}

/** What passed tests name, without what a failed one names as well. */
function namedIn(tests: readonly ReportedTest[], namesOf: (test: ReportedTest) => readonly string[]): Set<string> {
  const by = (status: ReportedTest['status']) =>
    new Set(tests.filter((test) => test.status === status).flatMap((test) => namesOf(test)));
  return by('passed').difference(by('failed'));
}
