/** Runs a pass of work, never two at once. A call during a pass causes one more. */
export function oneAtATime(pass: () => Promise<void>): () => Promise<void> {
  let working: Promise<void> | undefined;
  let again = false;
  const work = async (): Promise<void> => {
    while (again) {
      again = false;
      await pass();
    }
  };
  return () => {
    again = true;
    working ??= work().finally(() => {
      working = undefined;
    });
    return working;
  };
}
