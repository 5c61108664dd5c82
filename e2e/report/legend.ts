import { html, type Html } from './html.ts';

/** The meaning of the colours of a picture. @param entries a class of the stylesheet, and its meaning. */
export const legend = (entries: ReadonlyArray<readonly [kind: string, meaning: string]>): Html =>
  html`<ul class="legend">
    ${entries.map(
      ([kind, meaning]) =>
        html`<li>
          <svg viewBox="0 0 14 14" aria-hidden="true">
            <rect class="${kind}" x="1" y="2" width="12" height="10" rx="2" /></svg
          >${meaning}
        </li>`,
    )}
  </ul>`;
