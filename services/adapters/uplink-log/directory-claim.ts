import { once } from 'node:events';
import { closeSync, mkdirSync, openSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { AppError } from '../../domain/errors.ts';
import type { Logger } from '../../ports/logger.ts';

const isHeld = async (path: string): Promise<boolean> => {
  const socket = connect(path);
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
};

const listen = async (path: string) => {
  const server = createServer((socket) => void socket.destroy());
  server.listen(path);
  await once(server, 'listening');
  // Holding the lock is no reason to stay alive.
  return server.unref();
};

const isInUse = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'EADDRINUSE';

/**
 * The lock is a listening socket: unlike a file with a process id it cannot outlive its holder, and it
 * holds between containers that share a volume.
 */
async function lock(directory: string, fd: number, log: Logger): Promise<() => void> {
  // A socket's path may have 107 bytes; by way of the open directory it is always short enough.
  const at = process.platform === 'linux' ? `/proc/self/fd/${fd}` : directory;
  const path = join(at, 'lock');
  try {
    const server = await listen(path).catch(async (error: unknown) => {
      if (!isInUse(error)) throw error;
      if (await isHeld(path)) {
        throw new AppError(
          'log-unavailable',
          `the log in ${directory} is in use by another process`,
        );
      }
      // Nobody answers: its holder was killed.
      rmSync(path, { force: true });
      return listen(path);
    });
    return () => void server.close();
  } catch (cause) {
    if (cause instanceof AppError) throw cause;
    // Some shared folders of desktop container hosts know no sockets.
    log.warn(
      { directory, err: cause },
      'log directory cannot be locked: start only one process on it',
    );
    return () => undefined;
  }
}

/** A directory that is ours alone, made if need be. */
interface DirectoryClaim {
  /** The open directory. */
  readonly fd: number;
  release(): void;
}

/**
 * Makes this process the only one that works in a directory, until it is released or the process ends in
 * whatever way. Throws `log-unavailable` when another process holds it or it cannot be made.
 */
export async function claimDirectory(directory: string, log: Logger): Promise<DirectoryClaim> {
  let fd: number;
  try {
    mkdirSync(directory, { recursive: true });
    fd = openSync(directory, 'r');
  } catch (cause) {
    throw new AppError('log-unavailable', `cannot open the log: ${String(cause)}`, { cause });
  }
  try {
    const unlock = await lock(directory, fd, log);
    return {
      fd,
      release() {
        unlock();
        closeSync(fd);
      },
    };
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}
