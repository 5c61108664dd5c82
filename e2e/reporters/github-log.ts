import { randomUUID } from 'node:crypto';

// GitHub Actions reads each line of a log that begins with `::` as a command, also one that a test printed. What comes
// after `stop-commands` is text until the same token ends it (workflow commands, "Stopping and starting workflow
// commands").
const token = randomUUID();

/** From here on the log has no commands but those of {@link printCommands}. */
export const stopCommands = (): void => console.log(`::stop-commands::${token}`);

export const printCommands = (commands: string): void => {
  console.log(`::${token}::`);
  console.log(commands);
  stopCommands();
};
