import { expect, test } from 'vitest';
import type { Band } from './timeline.ts';
import { timelineSvg } from './timeline-svg.ts';

const band = (at: number, label: string): Band => ({ kind: 'kill', on: 'dezky-data-1', label, at, ms: 1 });

/** The texts of bands: their row, and their horizontal extent, at about 5.8 pixels per character. */
function textsOf(bands: readonly Band[]): Array<{ y: string; from: number; to: number; label: string }> {
  const svg = String(timelineSvg({ marks: [], bands: [...bands], leftOut: 0 }, 'a test'));
  return [...svg.matchAll(/<text(?: class="on")? x="([\d.]+)" y="(\d+)" text-anchor="(\w+)">([^<]+)/g)]
    .filter(([, , , , text]) => bands.some(({ label }) => label === text))
    .map(([, x = '', y = '', anchor, label = '']) => {
      const width = label.length * 5.8;
      const from = anchor === 'end' ? Number(x) - width : Number(x);
      return { y, from, to: from + width, label };
    });
}

test('texts of bands do not cover each other, also near the right end, where they stand to the left', () => {
  const bands = [
    band(3_000, 'SIGSTOP to dezky-data-1'),
    band(8_500, 'SIGSTOP to dezky-data-1'),
    band(9_999, 'SIGCONT to dezky-data-1'),
  ];
  const texts = textsOf(bands);
  expect(texts).toHaveLength(3);
  const covering = texts.flatMap((one, index) =>
    texts.slice(index + 1).filter((other) => other.y === one.y && other.from < one.to && one.from < other.to),
  );
  expect(covering).toEqual([]);
});
