import type { Redis } from 'ioredis';

/**
 * Rejects a command to which Redis does not respond in time. `commandTimeout` of ioredis also rejects commands whose
 * response is there already, when the process was busy or had no CPU for that time: Node runs timers before it reads
 * sockets. So the sockets are read once more when the time is over.
 */
export function timeOutCommands(redis: Redis, milliseconds: number): void {
  const send = redis.sendCommand.bind(redis);
  // ioredis sends a command again after a reconnect. Its first timer still counts.
  redis.sendCommand = (command, stream) => {
    const timer = setTimeout(() => {
      setImmediate(() => command.reject(new Error(`no response within ${milliseconds} ms`)));
    }, milliseconds);
    command.promise.catch(() => {}).finally(() => clearTimeout(timer));
    return send(command, stream);
  };
}
