import { duration } from '../../fleet/duration.ts';
import { bandsIn } from './bands.ts';
import { html, type Html } from './html.ts';
import { legend } from './page.ts';
import { axis, packed, scaleTo, type Scale } from './time-axis.ts';
import { classOf, describeMark, isFailed, otherLanes, type Band, type Mark, type Timeline } from './timeline.ts';

// All lengths are pixels.
const width = 1160;
const left = 196;
const right = width - 12;
const bandHeight = 17;
const rowHeight = 11;
/** Rows for concurrent requests in a lane. */
const maxRows = 4;
const sessionColours = 6;
/** Room for the text of a status. */
const statusWidth = 26;

/** A test as a picture: a lane for each pod, Authentik and Redis, a mark for each request, and above them the events. */
export function timelineSvg(timeline: Timeline, name: string): Html {
  const bands = [...timeline.bands, ...bandsIn(timeline.marks)].toSorted((a, b) => a.at - b.at);
  const end = Math.max(...[...timeline.marks, ...bands].map(({ at, ms }) => at + ms), 100);
  const scale = scaleTo(end, { left, right });
  const placed = bands.map((band) => placeOf(band, scale)).toSorted((a, b) => a.from - b.from);
  const bandRows = packed(placed, 6);
  const top = 12 + (Math.max(-1, ...bandRows) + 1) * bandHeight;
  const lanes = lanesOf(timeline, bands, scale, top);
  const bottom = lanes.reduce((lowest, { y, height }) => Math.max(lowest, y + height), top) + 4;
  const sessions = sessionClasses(timeline.marks);
  return html`<svg viewBox="0 0 ${width} ${bottom + 20}" role="img" aria-label="Timeline of ${name}">
    ${lanes.map(({ y, height }) => html`<rect class="lane" x="${left}" y="${y}" width="${right - left}" height="${height}" rx="3" />`)}
    ${axis(scale, top, bottom)}
    ${placed.map((place, index) => bandSvg(place, 8 + (bandRows[index] ?? 0) * bandHeight, lanes))}
    ${lanes.map((lane) => html`<text x="${left - 8}" y="${lane.y + lane.height / 2 + 4}" text-anchor="end">${lane.name}</text>${marksSvg(lane, scale, sessions)}`)}
  </svg>`;
}

/** The class for the colour of each session; the first session is `s0`. */
function sessionClasses(marks: readonly Mark[]): Map<string, string> {
  const labels = new Set(marks.map(({ session }) => session).filter(Boolean));
  return new Map([...labels].map((label, index) => [label, `s${index % sessionColours}`]));
}

/** The meaning of the colours. */
export const timelineLegend = (marks: readonly Mark[]): Html =>
  legend([
    ['ok', 'answered 2xx'],
    ['moved', '3xx'],
    ['refused', '4xx'],
    ['broken', '5xx, no answer, or outside the fleet'],
    ...[...sessionClasses(marks).values()].map((colour, index) => [colour, `session ${index + 1}`] as const),
  ]);

type PlacedMark = Mark & { row: number };

interface Lane {
  name: string;
  y: number;
  height: number;
  marks: readonly PlacedMark[];
}

/** The lane of a pod, or of a Deployment. */
function laneFor(on: string): string {
  if (on.startsWith('dezky-data')) return 'Redis';
  return on.startsWith('authentik') ? 'Authentik' : on;
}

/** The lanes of a test from top to bottom: pods, Redis, Authentik, and requests without a response of a pod. */
function lanesOf({ marks }: Timeline, bands: readonly Band[], scale: Scale, top: number): Lane[] {
  const last = ['Redis', 'Authentik', otherLanes.edge, otherLanes.outside];
  const used = new Set([
    ...marks.map(({ lane }) => laneFor(lane)),
    ...bands.map(({ on }) => laneFor(on)).filter((on) => on === 'Redis'),
  ]);
  const names = [
    ...[...used].filter((name) => !last.includes(name)).toSorted(),
    ...last.filter((name) => used.has(name)),
  ];
  let y = top;
  return names.map((name) => {
    const its = marks.filter(({ lane }) => laneFor(lane) === name);
    const rows = packed(
      its.map(({ at, ms }) => ({ from: scale.x(at), to: scale.x(at + ms) + 1 })),
      maxRows,
    );
    const height = 12 + (Math.max(0, ...rows) + 1) * rowHeight;
    const lane = { name, y, height, marks: its.map((mark, index) => ({ ...mark, row: rows[index] ?? 0 })) };
    y += height + 3;
    return lane;
  });
}

/** The requests of a lane, with the colour of their session below them. */
function marksSvg({ y, marks }: Lane, scale: Scale, sessions: Map<string, string>): Html[] {
  const bar = ({ at, ms, row }: PlacedMark, below: number, height: number, kind: string, title?: Html): Html => {
    const length = Math.max(3, Math.round(scale.x(at + ms) - scale.x(at)));
    return html`<rect
      class="${kind}"
      x="${scale.x(at)}"
      y="${y + below + row * rowHeight}"
      width="${length}"
      height="${height}"
      >${title}</rect
    >`;
  };
  return [
    ...marks.flatMap((mark) => (mark.session ? bar(mark, 13, 3, sessions.get(mark.session) ?? '') : [])),
    ...marks.map((mark) =>
      bar(mark, 7, 6, classOf(mark), html`<title>${duration(mark.at)}: ${describeMark(mark)}</title>`),
    ),
    ...statusTexts(marks, y, scale),
  ];
}

/** The statuses of failed requests, where there is room for them. */
function statusTexts(marks: readonly PlacedMark[], y: number, scale: Scale): Html[] {
  let free = 0;
  return marks.filter(isFailed).flatMap(({ at, status, row }) => {
    const x = Math.min(scale.x(at), right - statusWidth + 4);
    if (x < free || row > 0) return [];
    free = x + statusWidth;
    return [html`<text class="bad" x="${x}" y="${y + 6}">${status || '✕'}</text>`];
  });
}

/** A band, its rectangle, its text, and the extent of both. */
interface PlacedBand {
  band: Band;
  x: number;
  length: number;
  text: { x: number; anchor: 'start' | 'end'; isInside: boolean };
  from: number;
  to: number;
}

function placeOf(band: Band, scale: Scale): PlacedBand {
  const x = scale.x(band.at);
  const length = Math.max(3, scale.x(band.at + band.ms) - x);
  // About the width of a text of 11 px.
  const textWidth = band.label.length * 5.8;
  const place = { band, x, length, from: x, to: x + length + 6 };
  if (length > textWidth + 8) return { ...place, text: { x: x + 5, anchor: 'start', isInside: true } };
  // Near the right edge the text is placed to the left of its band.
  if (x + length + textWidth + 6 > right)
    return { ...place, from: x - 4 - textWidth, text: { x: x - 4, anchor: 'end', isInside: false } };
  return { ...place, to: place.to + 4 + textWidth, text: { x: x + length + 4, anchor: 'start', isInside: false } };
}

function bandSvg({ band, x, length, text }: PlacedBand, y: number, lanes: readonly Lane[]): Html {
  const { kind, on, label, at, ms } = band;
  const isOfWholeFleet = kind === 'sign-in' || kind === 'sign-out';
  const touched = lanes.filter(({ name }) => isOfWholeFleet || name === laneFor(on) || name.startsWith(`${on}-`));
  return html`<rect class="${kind}" x="${x}" y="${y}" width="${length}" height="${bandHeight - 3}" rx="3"><title>${label}: ${duration(at)} to ${duration(at + ms)}</title></rect>
<text${text.isInside && html` class="on"`} x="${text.x}" y="${y + 11}" text-anchor="${text.anchor}">${label}</text>
${touched.map((lane) => html`<rect class="${kind} shade" x="${x}" y="${lane.y}" width="${length}" height="${lane.height}" />`)}`;
}
