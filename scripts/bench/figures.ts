/** The middle one; of an even number, the upper of the two. */
export const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

export const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** How many times the reference a value is, as text. */
export const ratio = (value: number, reference: number): string => {
  const times = value / reference;
  return Number.isFinite(times) ? `${times.toFixed(2)} ×` : '–';
};

export const inSeconds = (ms: number): string => `${(ms / 1000).toFixed(2)} s`;

export const inMilliseconds = (ms: number): string => `${ms.toFixed(2)} ms`;

export const inMebibytes = (bytes: number): string => `${Math.round(bytes / 2 ** 20)} MiB`;
