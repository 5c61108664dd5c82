/** For tests: nine nested levels of aliases with nine entries each, too large to expand ("billion laughs"). */
export const yamlBomb = [
  'apiVersion: v1',
  'kind: ConfigMap',
  'metadata: { name: bomb }',
  'a0: &a0 [x, x, x, x, x, x, x, x, x]',
  ...[1, 2, 3, 4, 5, 6, 7, 8].map((n) => `a${n}: &a${n} [${Array.from({ length: 9 }, () => `*a${n - 1}`).join(', ')}]`),
  '',
].join('\n');
