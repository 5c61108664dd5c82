import ts from 'typescript';

/** An assertion of a spec: a chain that begins with `expect`. Lines and columns count from 1, as in a stack. */
export interface Assertion {
  /** Relative to `e2e/`. */
  spec: string;
  line: number;
  /** Its spec, test and source, which stay when its line changes. Equal assertions of a test are counted. */
  id: string;
  /** Its source on one line, at most 100 characters. */
  text: string;
  /** Whether a stack with this position has its failure: the position of the matcher, not of what it is given. */
  covers(line: number, column: number): boolean;
}

const shownCharacters = 100;

/** The assertions of a spec, without those inside of another one. @param source TypeScript. */
export function assertionsIn(spec: string, source: string): Assertion[] {
  const file = ts.createSourceFile(spec, source, ts.ScriptTarget.Latest, true);
  const found: Assertion[] = [];
  const seen = new Map<string, number>();
  const visit = (node: ts.Node, title: string): void => {
    if (!ts.isCallExpression(node) || startOf(node) !== 'expect') {
      const inside = titleOf(node) ?? title;
      return ts.forEachChild(node, (child) => visit(child, inside));
    }
    const text = `${title} ${node.getText().replaceAll(/\s/g, '')}`;
    const count = (seen.get(text) ?? 0) + 1;
    seen.set(text, count);
    found.push({ ...assertionAt(node, spec, file), id: `${spec} ${text} ${count}` });
  };
  visit(file, '');
  return found;
}

/** `expect` of `expect(a).not.toBe(b)`: the name that a chain of calls and properties begins with. */
function startOf(node: ts.Expression): string {
  if (ts.isCallExpression(node) || ts.isPropertyAccessExpression(node)) return startOf(node.expression);
  return ts.isIdentifier(node) ? node.text : '';
}

/** The source of a test's title; undefined when the node is not the call of a test. */
const titleOf = (node: ts.Node): string | undefined =>
  ts.isCallExpression(node) && node.expression.getText() === 'test' ? node.arguments[0]?.getText() : undefined;

function assertionAt(node: ts.CallExpression, spec: string, file: ts.SourceFile): Omit<Assertion, 'id'> {
  const matcher = ts.isPropertyAccessExpression(node.expression) ? node.expression.name : node.expression;
  const at = file.getLineAndCharacterOfPosition(matcher.getStart());
  return {
    spec,
    line: file.getLineAndCharacterOfPosition(node.getStart()).line + 1,
    text: node.getText().replaceAll(/\s+/g, ' ').slice(0, shownCharacters),
    covers: (line, column) => line === at.line + 1 && column === at.character + 1,
  };
}
