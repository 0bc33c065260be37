import { isMap, LineCounter, parseDocument } from 'yaml';
import type { ConfigFault } from '../config-fault.js';
import type { ConfigFile } from '../source/config-folder.js';
import { readText } from '../source/file-text.js';

/** Reads an API's OpenAPI document: shown as it is, so it only has to be one. Variables in it are left alone. */
export function readOpenapi(file: ConfigFile, faults: ConfigFault[]): string {
  const text = readText(file, faults);
  const lines = new LineCounter();
  const report = (offset: number, message: string): void => {
    const { line, col } = lines.linePos(offset);
    faults.push({ file: file.path, line: Math.max(1, line), column: Math.max(1, col), keyPath: '', message });
  };
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, logLevel: 'error', uniqueKeys: false });
  const [error] = document.errors;
  if (error) report(error.pos[0], `is no valid YAML: ${error.message}`);
  else if (!isMap(document.contents) || !(document.contents.has('openapi') || document.contents.has('swagger'))) {
    report(0, 'must be an OpenAPI document: a map with the key openapi or swagger');
  }
  return text;
}
