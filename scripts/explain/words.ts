/** Whether a part of an address is a word, and no id, token or address of a person. */
export const isWord = (text: string): boolean =>
  /^[a-z_][a-z_-]{0,30}\d{0,2}(?:\.(?:html?|php|aspx?|jsp|js|css|json))?$/i.test(text);

/** A path without the parts that may be secret. */
export const wordsOf = (path: string): string =>
  path
    .split('/')
    .slice(0, 9)
    .map((part) => (part === '' || isWord(part) ? part : '…'))
    .join('/');

/** As cookies of sessions are usually named. */
export const sessionWords = /sess|sid\b|token|auth|jwt/i;

/** How the addresses of scripts, styles, images and fonts end. */
export const fileEnding = /\.(?:m?js|css|map|png|jpe?g|gif|svg|webp|avif|ico|woff2?|ttf|json|txt|webmanifest)$/i;
