/** Whether a failed claim could not be tried: its error begins so, after the words of the matcher. */
export const isUnproven = (message: string): boolean => /\bunproven:/.test(message);
