import type { ConfigFault } from '../config-fault.js';
import type { ConfigFile } from './config-folder.js';

/** The text of a file; a byte order mark is taken off, and what is not UTF-8 is a fault. */
export function readText({ path, bytes }: ConfigFile, faults: ConfigFault[]): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    faults.push({ file: path, line: 1, column: 1, keyPath: '', message: 'is not written in UTF-8: save it in that encoding' });
    return '';
  }
}
