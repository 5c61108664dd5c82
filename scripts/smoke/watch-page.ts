import { appNames, type AppName } from '../../apps/environment/apps.ts';
import { html, type Html } from '../../e2e/report/html.ts';
import { duration } from '../../e2e/report/duration.ts';
import { cell, page, figure, table } from '../../e2e/report/page.ts';
import { legend } from '../../e2e/report/legend.ts';
import { axis, scaleTo, type Scale } from '../../e2e/report/scale.ts';
import { failuresOf, type Tick } from './timeline.ts';

const width = 1160;
const left = 80;
const right = width - 12;
const laneHeight = 40;
const revisionColours = 6;

/** Ticks in a row in which an app answered alike. Milliseconds since the watch began. */
interface Stretch {
  app: AppName;
  start: number;
  end: number;
  /** Answers of a tick by revision; failed ones are under `failed`. */
  answers: ReadonlyMap<string, number>;
}

const failed = 'failed';

/** A watched deploy as one page: which revisions answered when, and what failed. */
export function watchPage(ticks: readonly Tick[], { text, passed }: { text: string; passed: boolean }): string {
  const end = (ticks.at(-1)?.at ?? 0) + tickLength(ticks);
  const stretches = appNames.flatMap((app) => stretchesOf(app, ticks, end));
  const revisions = [...new Set(stretches.flatMap(({ answers }) => [...answers.keys()]))].filter(
    (one) => one !== failed,
  );
  const classOf = (revision: string): string =>
    revision === failed ? 'broken' : `s${revisions.indexOf(revision) % revisionColours}`;
  const failures = ticks.reduce((sum, tick) => sum + appNames.flatMap((app) => failuresOf(tick.apps[app])).length, 0);
  const [first = '', ...lines] = text.split('\n');
  return page(
    'A watched deploy',
    {
      status: passed ? 'passed' : 'failed',
      sentence: passed ? 'Nothing failed while the fleet was watched.' : 'The fleet did not come through well.',
      about: first,
      facts: [
        [ticks.length, 'looks'],
        [failures, 'failures'],
        [revisions.length, 'revisions'],
        [duration(end), 'watched'],
      ],
    },
    html`<h2>Who answered</h2>
      ${figure('Answers over time', chart(stretches, scaleTo(end, { left, right }), classOf), legend([...revisions, failed].map((revision) => [classOf(revision), revision])))}
      ${table(
        'Who answered',
        ['app', { number: 'from' }, { number: 'to' }, 'answers of a look'],
        stretches.map(({ app, start, end: to, answers }) => [
          cell(app),
          cell(duration(start), 'number'),
          cell(duration(to), 'number'),
          cell([...answers].map(([revision, count]) => `${revision} × ${count}`).join(', '), 'wide'),
        ]),
      )}
      <h2>Summary</h2>
      <pre>${lines.map((line) => line.trim()).join('\n')}</pre>`,
  );
}

const tickLength = ([first, second]: readonly Tick[]): number => (first && second ? second.at - first.at : 1_000);

function stretchesOf(app: AppName, ticks: readonly Tick[], end: number): Stretch[] {
  const stretches: Stretch[] = [];
  ticks.forEach(({ at, apps }, index) => {
    const answers = answersOf(apps[app]);
    const to = ticks[index + 1]?.at ?? end;
    const last = stretches.at(-1);
    if (last && JSON.stringify([...last.answers]) === JSON.stringify([...answers])) last.end = to;
    else stretches.push({ app, start: at, end: to, answers });
  });
  return stretches;
}

function answersOf(tick: Tick['apps'][AppName]): Map<string, number> {
  const answered = tick.samples.filter(({ failure }) => failure === undefined);
  const byRevision = Map.groupBy(answered, ({ revision }) => revision || 'unnamed');
  const counts = [...byRevision].map(([revision, its]) => [revision, its.length] as const).toSorted();
  const failures = failuresOf(tick).length;
  return new Map(failures > 0 ? [...counts, [failed, failures] as const] : counts);
}

function chart(stretches: readonly Stretch[], scale: Scale, classOf: (revision: string) => string): Html {
  const lane = (app: AppName): number => 8 + appNames.indexOf(app) * (laneHeight + 8);
  const bottom = 8 + appNames.length * (laneHeight + 8);
  return html`<svg viewBox="0 0 ${width} ${bottom + 22}" role="img" aria-label="Answers by revision, over time">
    ${axis(scale, 4, bottom)}
    ${appNames.map((app) => html`<text x="${left - 8}" y="${lane(app) + laneHeight / 2 + 4}" text-anchor="end">${app}</text>`)}
    ${stretches.map((stretch) => stacked(stretch, lane(stretch.app), scale.x, classOf))}
  </svg>`;
}

/** The answers of a stretch above each other, by their share. */
function stacked(
  { start, end, answers }: Stretch,
  top: number,
  x: Scale['x'],
  classOf: (revision: string) => string,
): Html[] {
  const all = [...answers.values()].reduce((sum, count) => sum + count, 0);
  let y = top;
  return [...answers].map(([revision, count]) => {
    const height = Math.round((count / all) * laneHeight * 10) / 10;
    const rect = html`<rect
      class="${classOf(revision)}"
      x="${x(start)}"
      y="${y}"
      width="${Math.max(1, x(end) - x(start) - 1)}"
      height="${height}"
      ><title>${revision} × ${count}</title></rect
    >`;
    y += height;
    return rect;
  });
}
