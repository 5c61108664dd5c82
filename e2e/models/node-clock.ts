/** An option of Node, with a module as data URL, after which `now` is the time. `real.now()` is the machine's. */
export const nodeClock = (now: string): string => {
  const source = `const real=Date;const began=real.now();globalThis.Date=class extends real{constructor(...a){if(a.length)super(...a);else super(${now})}static now(){return ${now}}}`;
  return `--import=data:text/javascript,${encodeURIComponent(source)}`;
};
