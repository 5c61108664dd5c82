import { randomUUID } from 'node:crypto';

// GitHub Actions interprets each log line that begins with `::` as a command, even one that a test printed. After
// `stop-commands` all lines are text until the same token ends it (workflow commands, "Stopping and starting workflow
// commands").
const token = randomUUID();

/** From here on only {@link printCommands} writes commands to the log. */
export const stopCommands = (): void => console.log(`::stop-commands::${token}`);

export const printCommands = (commands: string): void => {
  console.log(`::${token}::`);
  console.log(commands);
  stopCommands();
};
