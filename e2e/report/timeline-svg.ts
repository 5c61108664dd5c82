import { bandsIn } from './bands.ts';
import { describeMark, isFailed, type Band, type Mark, type Timeline } from './timeline.ts';
import { duration } from './duration.ts';
import { html, type Html } from './html.ts';
import { classOf, isRedis, lanesOf, rowHeight, touches, type Lane, type PlacedMark } from './lanes.ts';
import { legend } from './legend.ts';
import { axis, packed, scaleTo, type Scale } from './scale.ts';

const width = 1160;
const left = 196;
const right = width - 12;
const bandHeight = 17;
const sessionColours = 6;
/** Room for the text of a status, in pixels. */
const statusWidth = 26;

/** The class for the colour of each session; the first session is `s0`. */
export function sessionClasses(marks: readonly Mark[]): Map<string, string> {
  const labels = new Set(marks.map(({ session }) => session).filter(Boolean));
  return new Map([...labels].map((label, index) => [label, `s${index % sessionColours}`]));
}

/**
 * A test as a picture: a lane for each pod, Authentik and Redis, a mark for each request, and above them the events.
 * @param withTitles gives each mark its request as a tooltip; without it, marks of one kind are one path.
 */
export function timelineSvg(timeline: Timeline, name: string, { withTitles }: { withTitles: boolean }): Html {
  const bands = [...timeline.bands, ...bandsIn(timeline.marks)].toSorted((a, b) => a.at - b.at);
  const end = Math.max(...timeline.marks.map(({ at, ms }) => at + ms), ...bands.map(({ at, ms }) => at + ms), 100);
  const scale = scaleTo(end, { left, right });
  const placed = bands.map((band) => placeOf(band, scale)).toSorted((a, b) => a.from - b.from);
  const bandRows = packed(placed, 6);
  const top = 8 + (Math.max(-1, ...bandRows) + 1) * bandHeight + 4;
  const lanes = lanesOf(timeline, bands, scale, top);
  const bottom = (lanes.at(-1)?.y ?? top) + (lanes.at(-1)?.height ?? 0) + 4;
  const sessions = sessionClasses(timeline.marks);
  return html`<svg viewBox="0 0 ${width} ${bottom + 20}" role="img" aria-label="Timeline of ${name}">
    ${lanes.map(({ y, height }) => html`<rect class="lane" x="${left}" y="${y}" width="${right - left}" height="${height}" rx="3" />`)}
    ${axis(scale, top, bottom)}
    ${placed.map((place, index) => bandSvg(place, 8 + (bandRows[index] ?? 0) * bandHeight, lanes))}
    ${lanes.map((lane) => html`<text x="${left - 8}" y="${lane.y + lane.height / 2 + 4}" text-anchor="end">${lane.name}</text>${marksSvg(lane, scale, sessions, withTitles)}`)}
    ${keysSvg(timeline, lanes, scale, end)}
  </svg>`;
}

function marksSvg({ y, marks }: Lane, scale: Scale, sessions: Map<string, string>, withTitles: boolean): Html[] {
  /** A mark as a bar, this many pixels below the top of its row. */
  const bar = ({ at, ms, row }: PlacedMark, below: number, height: number): string => {
    const length = Math.max(3, Math.round(scale.x(at + ms) - scale.x(at)));
    return `M${scale.x(at)} ${y + below + row * rowHeight}h${length}v${height}h-${length}z`;
  };
  const shape = (mark: PlacedMark): string => bar(mark, 7, 6);
  const stripe = (mark: PlacedMark): string => bar(mark, 13, 3);
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
function statusTexts(marks: readonly PlacedMark[], y: number, scale: Scale): Html[] {
  let free = 0;
  return marks.filter(isFailed).flatMap(({ at, status, row }) => {
    const x = Math.min(scale.x(at), right - statusWidth + 4);
    if (x < free || row > 0) return [];
    free = x + statusWidth;
    return [html`<text class="bad" x="${x}" y="${y + 6}">${status || '✕'}</text>`];
  });
}

/** A band, its rectangle, its text, and the extent of both in pixels. */
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
  const width = textWidth(band.label);
  const place = { band, x, length, from: x, to: x + length + 6 };
  if (length > width + 8) return { ...place, text: { x: x + 5, anchor: 'start', isInside: true } };
  // Near the right edge the text is placed to the left of its band.
  if (x + length + width + 6 > right)
    return { ...place, from: x - 4 - width, text: { x: x - 4, anchor: 'end', isInside: false } };
  return { ...place, to: place.to + 4 + width, text: { x: x + length + 4, anchor: 'start', isInside: false } };
}

function bandSvg({ band, x, length, text }: PlacedBand, y: number, lanes: readonly Lane[]): Html {
  const { kind, label, at, ms } = band;
  const wholeFleet = kind === 'sign-in' || kind === 'sign-out';
  const touched = lanes.filter((lane) => wholeFleet || touches(band, lane));
  return html`<rect class="${kind}" x="${x}" y="${y}" width="${length}" height="${bandHeight - 3}" rx="3"><title>${label}: ${duration(at)} to ${duration(at + ms)}</title></rect>
<text${text.isInside && html` class="on"`} x="${text.x}" y="${y + 11}" text-anchor="${text.anchor}">${label}</text>
${touched.map((lane) => html`<rect class="${kind} shade" x="${x}" y="${lane.y}" width="${length}" height="${lane.height}" />`)}`;
}

/** The number of keys in Redis before and after. */
function keysSvg({ keys }: Timeline, lanes: readonly Lane[], scale: Scale, end: number): Html | undefined {
  const lane = lanes.find(isRedis);
  if (!keys || !lane) return undefined;
  const y = lane.y + lane.height / 2 + 4;
  return html`<text class="soft" x="${scale.x(0) + 4}" y="${y}">${countOf(keys.before.length)} before</text>
    <text class="soft" x="${scale.x(end) - 4}" y="${y}" text-anchor="end">${countOf(keys.after.length)} after</text>`;
}

const countOf = (keys: number): string => (keys === 1 ? '1 key' : `${keys} keys`);
/** About the width of a text of 11 px. */
const textWidth = (text: string): number => text.length * 5.8;

/** The meaning of the colours. */
export const timelineLegend = (sessions: number): Html =>
  legend([
    ['ok', 'answered 2xx'],
    ['moved', '3xx'],
    ['refused', '4xx'],
    ['broken', '5xx, no answer, or outside the fleet'],
    ...Array.from(
      { length: Math.min(sessions, sessionColours) },
      (_, index) => [`s${index}`, `session ${index + 1}`] as const,
    ),
  ]);
