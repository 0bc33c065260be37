import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { OperatorError } from './environment.js';

/**
 * Binds a server.
 * @param port 0 picks a free one
 * @param variable environment variable that sets the port, for the error
 * @returns the port
 * @throws OperatorError when the port is taken or may not be bound
 */
export function listen(server: Server, port: number, variable: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const fail = (error: NodeJS.ErrnoException): void => {
      if (error.code === 'EADDRINUSE')
        reject(new OperatorError(`Port ${port} is taken. Stop what uses it, or set ${variable} to another port.`));
      else if (error.code === 'EACCES')
        reject(new OperatorError(`Port ${port} may not be bound by this user. Set ${variable} to a port above 1023.`));
      else reject(error);
    };
    server.once('error', fail);
    server.listen(port, () => {
      server.off('error', fail);
      resolve((server.address() as AddressInfo).port);
    });
  });
}
