/** A value somewhere in an object, and its path: `spec.containers[0].image`. */
export interface Place {
  path: string;
  /** The last key of the path; undefined for an element of a list. */
  key: string | undefined;
  value: unknown;
}

/** Every value below this one, outermost first. Keys with dots or slashes are written in brackets. */
export function* walk(value: unknown, path = ''): Generator<Place> {
  if (typeof value !== 'object' || value === null) return;
  for (const [key, inner] of Object.entries(value)) {
    const at = Array.isArray(value) ? `${path}[${key}]` : joined(path, key);
    yield { path: at, key: Array.isArray(value) ? undefined : key, value: inner };
    yield* walk(inner, at);
  }
}

function joined(path: string, key: string): string {
  if (/[./]/.test(key)) return `${path}['${key}']`;
  return path === '' ? key : `${path}.${key}`;
}
