import { html, Html } from './html.ts';
import { style } from './style.ts';

interface Verdict {
  /** How the page is coloured. */
  status: 'passed' | 'failed' | 'unknown';
  /** One sentence. */
  sentence: string;
  /** Where, when and how long. */
  about: string;
  facts: ReadonlyArray<readonly [value: string | number, what: string]>;
}

/**
 * A self-contained page: no network, no scripts. Its content security policy enforces that.
 * @param extraStyle rules for this page alone.
 */
export const page = (
  title: string,
  { status, sentence, about, facts }: Verdict,
  content: Html,
  extraStyle = '',
): string =>
  html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'" />
        <title>${title}</title>
        <style>
          ${new Html(style + extraStyle)}
        </style>
      </head>
      <body>
        <header>
          <div class="verdict ${status}">
            <h1>${sentence}</h1>
            <p>${about}</p>
          </div>
          <ul class="facts">
            ${facts.map(([value, what]) => html`<li><b>${value}</b>${what}</li>`)}
          </ul>
        </header>
        <main>${content}</main>
      </body>
    </html> `.toString();

/** The head of a column; numbers are right-aligned. */
type Column = string | { number: string };

/** A table that can be scrolled on a narrow screen, also with the keyboard. */
export const table = (caption: string, head: readonly Column[], rows: ReadonlyArray<readonly Html[]>): Html =>
  html`<div class="scroll" role="group" tabindex="0" aria-label="${caption}">
    <table>
      <thead>
        <tr>
          ${head.map((column) => (typeof column === 'string' ? html`<th scope="col">${column}</th>` : html`<th scope="col" class="number">${column.number}</th>`))}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          (cells) =>
            html`<tr>
              ${cells}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;

/** A picture that can be scrolled on a narrow screen, also with the keyboard. */
export const figure = (name: string, picture: Html, caption: Html): Html =>
  html`<figure>
    <p class="hint">Scroll sideways to see all of the picture. →</p>
    <div class="scroll chart" role="group" tabindex="0" aria-label="${name}">${picture}</div>
    <figcaption>${caption}</figcaption>
  </figure>`;

/** A cell of a table. */
export const cell = (content: string | number | Html, kind: '' | 'number' | 'unbroken' | 'wide' = ''): Html =>
  kind === '' ? html`<td>${content}</td>` : html`<td class="${kind}">${content}</td>`;

export const badge = (status: string, text = status): Html =>
  html`<span class="badge ${status.replaceAll(' ', '-')}">${text}</span>`;

/** Text with code between backticks. */
export const prose = (text: string): Html[] =>
  text.split('`').map((part, index) => (index % 2 === 1 ? html`<code>${part}</code>` : html`${part}`));
