import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** @returns ports of the clients that are connected to a local port by sockets that a process holds */
export function clientPortsOf(pid, localPort) {
  const sockets = new Set(
    readdirSync(`/proc/${pid}/fd`).flatMap((fd) => /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1] ?? []),
  );
  const portOf = (address) => Number.parseInt(address.split(':')[1], 16);
  const rows = ['tcp', 'tcp6'].flatMap((table) =>
    readFileSync(`/proc/${pid}/net/${table}`, 'utf8')
      .split('\n')
      .slice(1)
      .map((row) => row.trim().split(/\s+/)),
  );
  return new Set(rows.filter((row) => sockets.has(row[9]) && portOf(row[1]) === localPort).map((row) => portOf(row[2])));
}
