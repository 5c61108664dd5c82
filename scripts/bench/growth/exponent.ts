/** One measurement: what it cost at a size. Both are above 0. */
export interface Point {
  size: number;
  cost: number;
}

/** An exponent above this one counts as worse than linear; below it is noise. */
export const linear = 1.1;

/**
 * The exponent of growth: the slope of the least-squares line through log cost over log size. 0: the size does not
 * matter, 1: linear, 2: quadratic. NaN for fewer than two sizes.
 */
export function exponentOf(points: readonly Point[]): number {
  const xs = points.map(({ size }) => Math.log(size));
  const ys = points.map(({ cost }) => Math.log(cost));
  const [meanX, meanY] = [mean(xs), mean(ys)];
  const covariance = mean(xs.map((x, index) => (x - meanX) * ((ys[index] ?? meanY) - meanY)));
  return covariance / mean(xs.map((x) => (x - meanX) ** 2));
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
