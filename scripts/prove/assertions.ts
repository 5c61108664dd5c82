import ts from 'typescript';

/** An assertion of a spec: a chain that begins with `expect`. Lines and columns count from 1, as in a stack. */
export interface Assertion {
  /** Relative to `e2e/`. */
  spec: string;
  line: number;
  /** Its spec and its source, which stay when its line changes. Equal assertions of a spec are counted. */
  id: string;
  /** Its source on one line, at most 100 characters. */
  text: string;
  covers(line: number, column: number): boolean;
}

const shownCharacters = 100;

/** The assertions of a spec, without those inside of another one. @param source TypeScript. */
export function assertionsIn(spec: string, source: string): Assertion[] {
  const file = ts.createSourceFile(spec, source, ts.ScriptTarget.Latest, true);
  const found: Assertion[] = [];
  const seen = new Map<string, number>();
  const visit = (node: ts.Node): void => {
    if (!ts.isCallExpression(node) || startOf(node) !== 'expect') return ts.forEachChild(node, visit);
    const text = node.getText().replaceAll(/\s/g, '');
    const count = (seen.get(text) ?? 0) + 1;
    seen.set(text, count);
    found.push({ ...assertionAt(node, spec, file), id: `${spec} ${text} ${count}` });
  };
  visit(file);
  return found;
}

/** `expect` of `expect(a).not.toBe(b)`: the name that a chain of calls and properties begins with. */
function startOf(node: ts.Expression): string {
  if (ts.isCallExpression(node) || ts.isPropertyAccessExpression(node)) return startOf(node.expression);
  return ts.isIdentifier(node) ? node.text : '';
}

function assertionAt(node: ts.CallExpression, spec: string, file: ts.SourceFile): Omit<Assertion, 'id'> {
  const [start, end] = [node.getStart(), node.getEnd()];
  return {
    spec,
    line: file.getLineAndCharacterOfPosition(start).line + 1,
    text: node.getText().replaceAll(/\s+/g, ' ').slice(0, shownCharacters),
    covers: (line, column) => {
      const lines = file.getLineStarts().length;
      if (line < 1 || line > lines) return false;
      const position = file.getPositionOfLineAndCharacter(line - 1, 0) + column - 1;
      return position >= start && position < end;
    },
  };
}
