import { parse, type Token } from 'acorn';
import { CheckFailed } from '../check.ts';

/** Names that are valid only on one machine or in one cluster (RFC 6762: `.local`; RFC 6761: `localhost`). */
const bareName = /(?<![@\w.-])(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.){1,8}local(?![\w-])/gi;
const inAddress = /\/\/((?:[a-z0-9-]{1,63}\.){0,8}(?:local|localhost)|127(?:\.\d+){3}|\[::1\])(?![\w.-])/gi;

/** Kinds of files, by the places in them that can name a host. */
export type FileKind = 'page' | 'script' | 'style';

const textsOf: Readonly<Record<FileKind, (content: string) => string[]>> = {
  page: (content) => [content],
  // Outside of its strings a script has expressions such as `event.local`, which are not hosts.
  script: (content) => stringsOf(content),
  style: (content) => [...content.matchAll(/url\([^)]*\)/g)].map(([address]) => address),
};

/**
 * Hosts of a developer's machine that a file names: `*.local` anywhere in its text, and loopback in addresses. Loopback
 * is allowed in scripts, because libraries resolve paths against `http://localhost`, which is never requested.
 */
export function developmentHostsIn(kind: FileKind, content: string): string[] {
  const found = textsOf[kind](content).flatMap((text) => [
    ...[...text.matchAll(bareName)].map(([name]) => name),
    ...[...text.replaceAll('\\/', '/').matchAll(inAddress)]
      .map(([, name = '']) => name)
      .filter((name) => kind === 'page' || name.endsWith('.local')),
  ]);
  return [...new Set(found.map((name) => name.toLowerCase()))].toSorted();
}

/** Every string and every part of a template in a script. @throws CheckFailed when it is not JavaScript. */
function stringsOf(script: string): string[] {
  // Its types do not declare the token's value, which is documented.
  const tokens: Array<Token & { value?: unknown }> = [];
  // Parsed, because only a parser knows whether a slash begins a regular expression.
  try {
    parse(script, { ecmaVersion: 'latest', sourceType: 'module', onToken: tokens });
  } catch (error) {
    throw new CheckFailed(
      `A script of a page is no JavaScript (${(error as Error).message}): look at what answers there.`,
    );
  }
  return tokens
    .filter(({ type }) => type.label === 'string' || type.label === 'template')
    .map(({ value }) => String(value));
}

/** Files of the same build that a page, script or style references, as paths from the root. */
export function filesNamedIn(kind: FileKind, content: string, path: string): string[] {
  const names = textsOf[kind === 'style' ? 'page' : kind](content).flatMap((text) =>
    [...text.matchAll(/(?:\.{0,2}\/|_nuxt\/)[\w./-]{1,200}\.(?:m?js|css)(?![\w.])/g)].map(([name]) => name),
  );
  const fromRoot = names.map(
    (name) => new URL(name.startsWith('_nuxt/') ? `/${name}` : name, `https://host${path}`).pathname,
  );
  return [...new Set(fromRoot)].filter((name) => name.startsWith('/_nuxt/'));
}

export const fileKindOf = (path: string): FileKind =>
  path.endsWith('.css') ? 'style' : /\.m?js$/.test(path) ? 'script' : 'page';
