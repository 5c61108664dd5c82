import { html, type Html } from '../../e2e/report/html.ts';
import { duration } from '../../fleet/duration.ts';
import { badge, cell, page, table } from '../../e2e/report/page.ts';
import { exitCodes } from '../../fleet/errors.ts';
import type { Finding } from './kill-matrix.ts';
import { exitCodeOf, summaryOf, type KillMatrix } from './kill-matrix-verdict.ts';

/** The kill matrix as one page: what was missed first, and what every claiming test said. */
export function matrixPage(matrix: KillMatrix): string {
  const { engine, findings, falseAlarms = [] } = matrix;
  const code = exitCodeOf(matrix);
  const count = (verdict: Finding['verdict']): number => findings.filter((one) => one.verdict === verdict).length;
  const isOpen = ({ verdict }: Finding): boolean => verdict !== 'caught' && verdict !== 'not applicable';
  return page(
    'Kill matrix',
    {
      status: code === exitCodes.passed ? 'passed' : code === exitCodes.productFailed ? 'failed' : 'unknown',
      sentence: summaryOf(matrix),
      about: `${engine} engine. Each regression is put back, and each test that claims it must fail with the stated message.`,
      facts: [
        [count('caught'), 'caught'],
        [findings.filter(isOpen).length, 'not caught'],
        [count('not applicable'), 'not applicable'],
        [matrix.chosen - findings.length, 'not tried'],
        [matrix.falseAlarms?.length ?? 'not run', 'false alarms'],
      ],
    },
    html` ${
        falseAlarms.length > 0 &&
        html`<h2>False alarms on the clean fleet</h2>
          ${falseAlarms.map((alarm) => html`<pre>${alarm}</pre>`)}`
      }
      ${
        findings.some(isOpen) &&
        html`<h2>Not caught</h2>
          ${matrixTable('Regressions that were not caught', findings.filter(isOpen))}`
      }
      <h2>All regressions</h2>
      ${matrixTable('All regressions', findings)}`,
  );
}

const matrixTable = (caption: string, findings: readonly Finding[]): Html =>
  table(
    caption,
    ['regression', 'verdict', 'seen by', { number: 'took' }],
    findings.map(({ regression, verdict, evidence, red = [], seconds }) => [
      cell(html`<code>${regression}</code>`),
      cell(badge(verdict === 'wrong reason' || verdict === 'not run' ? 'missed' : verdict, verdict)),
      cell(
        html`${evidence.map(({ spec, message }) => html`<p>${spec && html`<code>${spec}</code> `}${message}</p>`)}
        ${
          red.length > 0 &&
          html`<details>
            <summary>${red.length === 1 ? '1 test' : `${red.length} tests`} failed</summary>
            ${red.map(({ spec, title, message }) => html`<p><code>${spec}</code> ${title}<br /><span class="soft">${message}</span></p>`)}
          </details>`
        }`,
        'wide',
      ),
      cell(duration(seconds * 1_000), 'number'),
    ]),
  );
