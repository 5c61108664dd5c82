/** Runs `work`, then `undo` in any case. When both fail, the error is that of `work`, and names the other. */
export async function thenUndo(work: () => Promise<void>, undo: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    await undo().catch((also: Error) => {
      (error as Error).message += `\n\nWhat it had changed could not be undone: ${also.message}`;
    });
    throw error;
  }
  await undo();
}
