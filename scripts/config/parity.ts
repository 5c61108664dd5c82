import { readDurations, type Durations } from '../runner/sequencer.ts';

/** Seconds of a test on both engines; 0: it is skipped there, undefined: it was not measured yet. */
interface Row {
  title: string;
  seconds: readonly [local: number | undefined, k3s: number | undefined];
}

/** A table of all tests with their time on both engines, as they were measured last in whole runs that passed. */
export function parityTable(
  [local, k3s]: readonly [Durations, Durations] = [readDurations('local'), readDurations('k3s')],
): string {
  const specs = [...new Set([...Object.keys(local), ...Object.keys(k3s)])].toSorted().map((spec) => {
    const titles = new Set([...Object.keys(local[spec] ?? {}), ...Object.keys(k3s[spec] ?? {})]);
    const rows = [...titles].map((title): Row => {
      const of = (durations: Durations) => durations[spec]?.[title];
      return { title, seconds: [of(local), of(k3s)] };
    });
    return { spec, rows };
  });
  const all = specs.flatMap(({ rows }) => rows);
  const both = all.filter(({ seconds }) => seconds.every((each) => each !== undefined && each > 0));
  const onlyHere = (engine: 0 | 1) => all.filter(({ seconds }) => seconds[engine] && seconds[1 - engine] === 0);
  const sum = (engine: 0 | 1) => both.reduce((total, { seconds }) => total + (seconds[engine] ?? 0), 0);
  return `${both.length} tests give the same verdict on both engines (together ${sum(0).toFixed(0)} s locally, ${sum(1).toFixed(0)} s on k3s,
one after the other). ${onlyHere(1).length} claim something that only a cluster can show, ${onlyHere(0).length} something that only
the local engine can do.

| test | local, s | k3s, s |
| --- | ---: | ---: |
${specs.map(({ spec, rows }) => [`| **${spec}** | | |`, ...rows.map(lineOf)].join('\n')).join('\n')}
`;
}

const lineOf = ({ title, seconds }: Row): string =>
  `| ${title.replaceAll(/[|<\\]/g, String.raw`\$&`)} | ${seconds.map((each) => (each === 0 ? '–' : (each?.toFixed(1) ?? '?'))).join(' | ')} |`;
