import { bandsIn } from '../timeline/bands.ts';
import { describeMark, isFailed, otherLanes, type Band, type Mark, type Timeline } from '../timeline/timeline.ts';
import { duration } from './duration.ts';
import { html, type Html } from './html.ts';
import { axis, packed, scaleTo, type Scale } from './scale.ts';

const width = 1160;
const left = 196;
const right = width - 12;
const rowHeight = 11;
const bandHeight = 17;
const sessionColours = 6;
/** Room for the text of a status, in pixels. */
const statusWidth = 26;

const redis = 'Redis';
const authentik = 'Authentik';

/** Requests that belong to one session have one colour; the first session is `s0`. */
export function sessionClasses(marks: readonly Mark[]): Map<string, string> {
  const labels = new Set(marks.map(({ session }) => session).filter(Boolean));
  return new Map([...labels].map((label, index) => [label, `s${index % sessionColours}`]));
}

/** How a request went: the class of its mark. */
export function classOf({ status, lane }: Mark): 'ok' | 'moved' | 'refused' | 'broken' {
  if (status === 0 || status >= 500 || lane === otherLanes.outside) return 'broken';
  if (status >= 400) return 'refused';
  return status >= 300 ? 'moved' : 'ok';
}

/** The lane of a pod, or of a Deployment. */
function laneFor(on: string): string {
  if (on.startsWith('dezky-data')) return redis;
  return on.startsWith('authentik') ? authentik : on;
}

interface Lane {
  name: string;
  y: number;
  height: number;
  marks: ReadonlyArray<Mark & { row: number }>;
}

/**
 * A test as a picture: a lane for each pod, Authentik and Redis, a mark for each request, and above them what happened.
 * @param withTitles gives each mark its request as a tooltip; without, marks of one kind are one path.
 */
export function timelineSvg(timeline: Timeline, name: string, { withTitles }: { withTitles: boolean }): Html {
  const bands = [...timeline.bands, ...bandsIn(timeline.marks)].toSorted((a, b) => a.at - b.at);
  const end = Math.max(...timeline.marks.map(({ at, ms }) => at + ms), ...bands.map(({ at, ms }) => at + ms), 100);
  const scale = scaleTo(end, { left, right });
  const bandRows = packed(
    bands.map(({ at, ms, label }) => ({
      from: scale.x(at),
      to: Math.max(scale.x(at + ms), scale.x(at) + textWidth(label)) + 6,
    })),
    6,
  );
  const top = 8 + (Math.max(-1, ...bandRows) + 1) * bandHeight + 4;
  const lanes = lanesOf(timeline, bands, scale, top);
  const bottom = (lanes.at(-1)?.y ?? top) + (lanes.at(-1)?.height ?? 0) + 4;
  const sessions = sessionClasses(timeline.marks);
  return html`<svg viewBox="0 0 ${width} ${bottom + 20}" role="img" aria-label="Timeline of ${name}">
    ${lanes.map(({ y, height }) => html`<rect class="lane" x="${left}" y="${y}" width="${right - left}" height="${height}" rx="3" />`)}
    ${axis(scale, top, bottom)}
    ${bands.map((band, index) => bandSvg(band, 8 + (bandRows[index] ?? 0) * bandHeight, lanes, scale))}
    ${lanes.map((lane) => html`<text x="${left - 8}" y="${lane.y + lane.height / 2 + 4}" text-anchor="end">${lane.name}</text>${marksSvg(lane, scale, sessions, withTitles)}`)}
    ${keysSvg(timeline, lanes, scale, end)}
  </svg>`;
}

function lanesOf({ marks, keys }: Timeline, bands: readonly Band[], scale: Scale, top: number): Lane[] {
  const own = new Set(marks.map(({ lane }) => laneFor(lane)));
  const onRedis = keys !== undefined || bands.some(({ on }) => laneFor(on) === redis);
  const last = [authentik, otherLanes.edge, otherLanes.outside].filter((lane) => own.has(lane));
  const names = [...[...own].filter((lane) => !last.includes(lane)).toSorted(), ...(onRedis ? [redis] : []), ...last];
  let y = top;
  return names.map((name) => {
    const its = marks.filter(({ lane }) => laneFor(lane) === name);
    const rows = packed(
      its.map(({ at, ms }) => ({ from: scale.x(at), to: scale.x(at + ms) + 1 })),
      4,
    );
    const height = 12 + (Math.max(0, ...rows) + 1) * rowHeight;
    const lane = { name, y, height, marks: its.map((mark, index) => ({ ...mark, row: rows[index] ?? 0 })) };
    y += height + 3;
    return lane;
  });
}

function marksSvg({ y, marks }: Lane, scale: Scale, sessions: Map<string, string>, withTitles: boolean): Html[] {
  const shape = (mark: Mark & { row: number }): string => {
    const [x, top] = [scale.x(mark.at), y + 7 + mark.row * rowHeight];
    return `M${x} ${top}h${Math.max(3, Math.round(scale.x(mark.at + mark.ms) - x))}v6h-${Math.max(3, Math.round(scale.x(mark.at + mark.ms) - x))}z`;
  };
  const stripe = (mark: Mark & { row: number }): string => {
    const [x, top] = [scale.x(mark.at), y + 13 + mark.row * rowHeight];
    const length = Math.max(3, Math.round(scale.x(mark.at + mark.ms) - x));
    return `M${x} ${top}h${length}v3h-${length}z`;
  };
  const bySession = Map.groupBy(
    marks.filter(({ session }) => session !== ''),
    ({ session }) => sessions.get(session) ?? '',
  );
  const stripes = [...bySession].map(
    ([colour, its]) => html`<path class="${colour}" d="${its.map(stripe).join('')}" />`,
  );
  const drawn = withTitles
    ? marks.map(
        (mark) =>
          html`<path class="${classOf(mark)}" d="${shape(mark)}"
            ><title>${duration(mark.at)}: ${describeMark(mark)}</title></path
          >`,
      )
    : [...Map.groupBy(marks, classOf)].map(
        ([kind, its]) => html`<path class="${kind}" d="${its.map(shape).join('')}" />`,
      );
  return [...stripes, ...drawn, ...statusTexts(marks, y, scale)];
}

/** The statuses of failed requests, where there is room for them. */
function statusTexts(marks: ReadonlyArray<Mark & { row: number }>, y: number, scale: Scale): Html[] {
  let free = 0;
  return marks.filter(isFailed).flatMap(({ at, status, row }) => {
    const x = scale.x(at);
    if (x < free || row > 0) return [];
    free = x + statusWidth;
    return [html`<text class="bad" x="${Math.min(x, right - statusWidth + 4)}" y="${y + 6}">${status || '✕'}</text>`];
  });
}

function bandSvg({ kind, on, label, at, ms }: Band, y: number, lanes: readonly Lane[], scale: Scale): Html {
  const from = scale.x(at);
  const length = Math.max(3, scale.x(at + ms) - from);
  const isInside = length > textWidth(label) + 8;
  // Near the right end the text stands to the left of its band.
  const isLate = !isInside && from + length + textWidth(label) + 6 > right;
  const [x, anchor] = isInside ? [from + 5, 'start'] : isLate ? [from - 4, 'end'] : [from + length + 4, 'start'];
  const wholeFleet = kind === 'sign-in' || kind === 'sign-out';
  const touched = lanes.filter(({ name }) => wholeFleet || name === laneFor(on) || name.startsWith(`${on}-`));
  return html`<rect class="${kind}" x="${from}" y="${y}" width="${length}" height="${bandHeight - 3}" rx="3"><title>${label}: ${duration(at)} to ${duration(at + ms)}</title></rect>
<text${isInside && html` class="on"`} x="${x}" y="${y + 11}" text-anchor="${anchor}">${label}</text>
${touched.map((lane) => html`<rect class="${kind} shade" x="${from}" y="${lane.y}" width="${length}" height="${lane.height}" />`)}`;
}

/** How many keys Redis had before and after. */
function keysSvg({ keys }: Timeline, lanes: readonly Lane[], scale: Scale, end: number): Html | undefined {
  const lane = lanes.find(({ name }) => name === redis);
  if (!keys || !lane) return undefined;
  const y = lane.y + lane.height / 2 + 4;
  return html`<text class="soft" x="${scale.x(0) + 4}" y="${y}">${countOf(keys.before.length)} before</text>
    <text class="soft" x="${scale.x(end) - 4}" y="${y}" text-anchor="end">${countOf(keys.after.length)} after</text>`;
}

const countOf = (keys: number): string => (keys === 1 ? '1 key' : `${keys} keys`);
/** About the width of a text of 11 px. */
const textWidth = (text: string): number => text.length * 5.8;

/** What the colours mean. */
export const timelineLegend = (sessions: number): Html =>
  html`<ul class="legend">
    ${[
      ['ok', 'answered 2xx'],
      ['moved', '3xx'],
      ['refused', '4xx'],
      ['broken', '5xx, no answer, or outside the fleet'],
    ].map(
      ([kind, text]) =>
        html`<li>
          <svg viewBox="0 0 14 14" aria-hidden="true"><path class="${kind}" d="M2 4h10v6h-10z" /></svg>${text}
        </li>`,
    )}
    ${Array.from(
      { length: Math.min(sessions, sessionColours) },
      (_, index) =>
        html`<li>
          <svg viewBox="0 0 14 14" aria-hidden="true"><path class="s${index}" d="M1 6h12v3h-12z" /></svg>session
          ${index + 1}
        </li>`,
    )}
  </ul>`;
