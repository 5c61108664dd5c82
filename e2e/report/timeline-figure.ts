import { duration } from '../../fleet/duration.ts';
import { html, type Html } from './html.ts';
import { classOf, markLine, otherLanes, type Timeline } from './timeline.ts';

const lastLanes: readonly string[] = [otherLanes.edge, otherLanes.outside];

const meanings = [
  ['ok', 'answered 2xx'],
  ['moved', '3xx'],
  ['refused', '4xx'],
  ['broken', '5xx, no answer, or outside the fleet'],
] as const;

/**
 * A test as a picture: a row for each change of the fleet, and one for each pod with a bar for each request. On a narrow
 * screen it can be scrolled, also with the keyboard.
 */
export function timelineFigure({ ms: whole, marks, bands, leftOut }: Timeline, title: string): Html {
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
