/** The result of `load`, at most this old. Callers share a load in progress; one that fails is not kept. */
export const cached = <Value>(maxAgeMs: number, load: () => Promise<Value>): (() => Promise<Value>) => {
  let held: { since: number; value: Promise<Value> } | undefined;
  return () => {
    if (held && Date.now() - held.since < maxAgeMs) return held.value;
    const mine = { since: Date.now(), value: load() };
    held = mine;
    mine.value.catch(() => {
      if (held === mine) held = undefined;
    });
    return mine.value;
  };
};
