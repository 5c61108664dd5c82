import ts from 'typescript';
import type { Mutant } from '../../../fleet/build/mutants.ts';

/**
 * Finds the innermost named function around a position in TypeScript: `isIdle`, or `(module)`. Unlike the position, its
 * name stays the same when other lines change.
 */
export function functionsIn(content: string): (at: Mutant['start']) => string {
  const source = ts.createSourceFile('source.ts', content, ts.ScriptTarget.Latest, true);
  return ({ line, column }) => {
    const position = source.getPositionOfLineAndCharacter(line - 1, column);
    let name = '(module)';
    const visit = (node: ts.Node): void => {
      if (position < node.getStart(source) || position >= node.getEnd()) return;
      name = (ts.isFunctionLike(node) && nameOf(node)) || name;
      ts.forEachChild(node, visit);
    };
    visit(source);
    return name;
  };
}

function nameOf(node: ts.SignatureDeclaration): string | undefined {
  if (ts.isConstructorDeclaration(node)) return 'constructor';
  const { parent } = node;
  const named =
    node.name ?? (ts.isVariableDeclaration(parent) || ts.isPropertyAssignment(parent) ? parent.name : undefined);
  return named?.getText();
}
