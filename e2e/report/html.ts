/** Markup that is safe to insert as it is. */
export class Html {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  toString(): string {
    return this.#text;
  }
}

type Value = Html | string | number | false | undefined | readonly Value[];

/**
 * Markup with values. Values that are not markup themselves are escaped; `false` and `undefined` are omitted. The
 * indentation of the markup is removed, that of the values is kept.
 */
export const html = (parts: TemplateStringsArray, ...values: Value[]): Html =>
  new Html(
    parts
      .map((part, index) => (index === 0 ? '' : rendered(values[index - 1])) + part.replace(/\s*\n\s*/g, '\n'))
      .join(''),
  );

function rendered(value: Value): string {
  if (value === undefined || value === false) return '';
  if (value instanceof Html) return value.toString();
  if (typeof value === 'object') return value.map(rendered).join('');
  return escaped(String(value));
}

/** For text and for attributes in double quotes. */
export const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

export const list = (items: readonly Html[]): Html =>
  html`<ul>
    ${items.map((item) => html`<li>${item}</li>`)}
  </ul>`;

/** Without the characters that XML 1.0 forbids. */
export const xmlText = (text: string): string =>
  text.replaceAll(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '');
