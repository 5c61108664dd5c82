import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Operation } from 'rfc6902';
import {
  isCollection,
  isPair,
  isScalar,
  LineCounter,
  parseAllDocuments,
  type Document,
  type Node,
  type Pair,
} from 'yaml';
import type { Mutant } from '../../fleet/build/mutants.ts';
import type { Change } from '../../fleet/manifests/change.ts';
import { shippedApps } from '../../fleet/manifests/images.ts';
import type { KubeObject } from '../../fleet/manifests/objects.ts';
import { repositoryRoot } from '../../fleet/root.ts';

/** A change to what is deployed, which Kubernetes would accept. */
export interface ManifestMutant extends Mutant {
  change: Change;
}

/** What production applies, and the secrets of a fleet. */
const files = [
  'fleet/apps/operator.yaml',
  'fleet/apps/portal.yaml',
  'fleet/apps/platform-api.yaml',
  'fleet/e2e/secrets.yaml',
];

/** Where the fields are that decide about sessions and rollouts, by kind of object. */
const roots: Readonly<Record<string, string>> = {
  Deployment: '/spec',
  Service: '/spec',
  PodDisruptionBudget: '/spec',
  ConfigMap: '/data',
  Secret: '/stringData',
};

/** Fields of these that sessions and rollouts do not depend on. */
const elsewhere =
  /\/(?:selector|metadata|revisionHistoryLimit|imagePullPolicy|resources|topologySpreadConstraints|securityContext|automountServiceAccountToken)$/;

/** Fields that Kubernetes requires. Without them it would refuse the object. */
const required =
  /\/(?:template|template\/spec|containers|containers\/\d+|name|image|type|seconds|sleep|preStop|ports(?:\/.+)?|httpGet(?:\/.+)?|valueFrom(?:\/.+)?|(?:configMap|secret)Ref(?:\/.+)?)$/;

/** Reads the manifests and makes all of these changes. */
export const manifestMutants = (): ManifestMutant[] =>
  mutantsIn(new Map(files.map((file) => [file, readFileSync(join(repositoryRoot, file), 'utf8')])));

/** @param texts the manifests by their file. */
export function mutantsIn(texts: ReadonlyMap<string, string>): ManifestMutant[] {
  const parsed = [...texts].flatMap(([file, text]) => {
    const lines = new LineCounter();
    const documents = parseAllDocuments(text, { lineCounter: lines }) as Document.Parsed[];
    return documents.map((document) => ({ file, text, lines, document, object: document.toJS() as KubeObject }));
  });
  const values = valuesOf(parsed.map(({ object }) => object));
  return parsed.flatMap(({ file, text, lines, document, object: { kind, metadata } }) => {
    const root = roots[kind];
    const isOfApps = isShipped(metadata.name);
    if (root === undefined || !isOfApps) return [];
    const place = (offset: number) => {
      const { line, col } = lines.linePos(offset);
      return { line, column: col - 1 };
    };
    const fields = fieldsIn(document.getIn(root.split('/').slice(1)) as Node, root);
    return fields.flatMap(({ path, node, range: [from, to] }) =>
      operationsOn(path, node, values).map(({ mutator, operation, replacement }): ManifestMutant => {
        const key = [file, kind, metadata.name, path, mutator].join('\0');
        return {
          id: createHash('sha256').update(key).digest('hex').slice(0, 8),
          file,
          start: place(from),
          end: place(to),
          mutator,
          original: text.slice(from, to).trim(),
          replacement,
          change: { manifests: [{ target: { kind, name: metadata.name }, patch: [operation] }] },
        };
      }),
    );
  });
}

/** `operator`, `operator-config`, `operator-secrets`. */
const isShipped = (name: string): boolean => shippedApps.some(({ app }) => name === app || name.startsWith(`${app}-`));

interface Field {
  /** JSON pointer. */
  path: string;
  node: Node;
  /** Offsets of the field with its key. */
  range: [number, number];
}

function fieldsIn(node: Node, path: string): Field[] {
  if (!isCollection(node)) return [];
  return node.items.flatMap((item, index): Field[] => {
    const [name, value, from] = isPair(item)
      ? [
          String((item as Pair<Node, Node>).key),
          (item as Pair<Node, Node>).value,
          (item as Pair<Node, Node>).key.range?.[0],
        ]
      : [String(index), item as Node, (item as Node).range?.[0]];
    const at = `${path}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
    if (!value || elsewhere.test(at)) return [];
    return [{ path: at, node: value, range: [from ?? 0, value.range?.[1] ?? 0] }, ...fieldsIn(value, at)];
  });
}

interface Mutation {
  mutator: string;
  operation: Operation;
  replacement: string;
}

function operationsOn(path: string, node: Node, values: Values): Mutation[] {
  const name = path.split('/').at(-1) ?? '';
  const replace = (mutator: string, value: unknown, at = path): Mutation => ({
    mutator,
    operation: { op: 'replace', path: at, value },
    replacement: `${name}: ${JSON.stringify(value)}`,
  });
  const removed: Mutation[] = required.test(path)
    ? []
    : [{ mutator: 'Removed', operation: { op: 'remove', path }, replacement: '' }];
  const value = isScalar(node) ? node.value : undefined;
  if (path === '/spec/strategy/type') return [replace('Recreate', { type: 'Recreate' }, '/spec/strategy')];
  if (typeof value === 'boolean') return [...removed, replace('Negated', !value)];
  if (typeof value === 'number' && !/[pP]ort$/.test(name)) {
    return [...removed, ...scaled(value).map(([mutator, other]) => replace(mutator, other))];
  }
  if (typeof value !== 'string' || !/^\/(?:data|stringData)\//.test(path)) return removed;
  const numbers = /^\d+$/.test(value) ? scaled(Number(value)) : [];
  const others = otherValue(values, name, value);
  return [
    ...removed,
    replace('Emptied', ''),
    ...numbers.map(([mutator, other]) => replace(mutator, String(other))),
    ...others.map((other) => replace('OtherApp', other)),
  ];
}

const scaled = (value: number): Array<[string, number]> => [
  ['Doubled', value === 0 ? 1 : 2 * value],
  ...(value > 1 ? [['Halved', Math.floor(value / 2)] as [string, number]] : []),
];

/** Values of variables in all objects, by name. */
type Values = ReadonlyMap<string, readonly string[]>;

function valuesOf(objects: readonly KubeObject[]): Values {
  const all = objects.flatMap((object) =>
    Object.entries({ ...(object['data'] as object), ...(object['stringData'] as object) }),
  );
  const byName = Map.groupBy(all, ([name]) => name);
  return new Map([...byName].map(([name, entries]) => [name, entries.map(([, value]) => String(value))]));
}

/** What another app has for a variable, or for the one with its own name in it; none or one. */
function otherValue(values: Values, name: string, value: string): string[] {
  const swapped = name.replace(/OPERATOR|PORTAL/, (app) => (app === 'PORTAL' ? 'OPERATOR' : 'PORTAL'));
  return [...(values.get(name) ?? []), ...(values.get(swapped) ?? [])].filter((other) => other !== value).slice(0, 1);
}
