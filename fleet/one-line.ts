import { stripVTControlCharacters } from 'node:util';

/** Without line ends and other control characters: at the start of a line, `::` is a workflow command of GitHub. */
export const oneLine = (text: string): string =>
  stripVTControlCharacters(text).replaceAll(/[\p{Cc}\u2028-\u202E\u2066-\u2069]+/gu, ' ');

/** The same for a text whose lines stay, such as an error that repeats what somebody typed. */
export const plainText = (text: string): string => text.split('\n').map(oneLine).join('\n');
