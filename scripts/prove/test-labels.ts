import ts from 'typescript';

/** A placeholder for a value that is not known before the test runs. */
const unknown = '…';

/**
 * The labels of a source's assertions: the second argument of `expect`, and the `message` of options.
 * @param source TypeScript.
 */
export function labelsIn(source: string): string[] {
  const labels: string[] = [];
  const note = (node: ts.Node | undefined): void => {
    const text = node && textOf(node);
    if (text) labels.push(text);
  };
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && node.expression.getText().split('.')[0] === 'expect') {
      const [, label] = node.arguments;
      note(label);
    }
    if (ts.isPropertyAssignment(node) && node.name.getText() === 'message') note(node.initializer);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile('source.ts', source, ts.ScriptTarget.Latest, true));
  return labels;
}

/**
 * Whether a pattern can match a label without any received value. It matches the whole label, or it starts with the
 * label's words up to the first value and requires nothing on a later line.
 */
export function fitsLabel(pattern: RegExp, label: string): boolean {
  if (pattern.test(label)) return true;
  const [start = '', ...more] = label.split(unknown);
  return (
    more.length > 0 &&
    start.trim().includes(' ') &&
    pattern.source.startsWith(start.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')) &&
    !pattern.source.includes('[^]')
  );
}

function textOf(node: ts.Node): string | undefined {
  if (ts.isStringLiteralLike(node)) return node.text;
  if (!ts.isTemplateExpression(node)) return undefined;
  return node.head.text + node.templateSpans.map(({ literal }) => unknown + literal.text).join('');
}
