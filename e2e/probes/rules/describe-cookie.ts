import type { parseSetCookie } from 'cookie-es';

export type SetCookie = NonNullable<ReturnType<typeof parseSetCookie>>;

/** Without its value, which must not be in a report. */
export const describeCookie = ({ name, value: _value, expires: _expires, maxAge: _maxAge, ...attributes }: SetCookie) =>
  [
    name,
    ...Object.entries(attributes).flatMap(([key, value]) => (value ? [value === true ? key : `${key}=${value}`] : [])),
  ].join('; ');
