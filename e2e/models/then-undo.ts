/** Runs `work`, then `undo` in any case. When both fail, the error is that of `work`: the other may follow from it. */
export async function thenUndo(work: () => Promise<void>, undo: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    await undo().catch(() => {});
    throw error;
  }
  await undo();
}
