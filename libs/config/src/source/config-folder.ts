import { readdir, readFile, stat } from 'node:fs/promises';
import { extname, join } from 'node:path';
import type { ConfigFault } from '../config-fault.js';
import { ID_RULE, isId } from './id.js';

/** What a file of the folder declares. */
export type FileKind =
  | 'installation'
  | 'groups'
  | 'auth-method'
  | 'pool'
  | 'plan'
  | 'api'
  | 'api-description'
  | 'api-openapi'
  | 'application'
  | 'image';

export interface ConfigFile {
  /** Path inside the folder, with `/`. */
  readonly path: string;
  readonly kind: FileKind;
  /** Of what the file declares; of an image its path. */
  readonly id: string;
  readonly bytes: Buffer;
}

const MAX_FILE_BYTES = 2 * 1024 * 1024;
const YAML = ['.yaml', '.yml', '.json'];
const IMAGES = ['.svg', '.png', '.jpg', '.jpeg', '.webp', '.gif'];
/** Folders whose files are one thing each, named by the file. */
const FOLDERS: Readonly<Record<string, FileKind>> = {
  'auth-methods': 'auth-method',
  pools: 'pool',
  plans: 'plan',
  applications: 'application',
};

type Report = (file: string, message: string) => void;

/** Reads every file of a config folder that counts; what does not belong there is a fault. */
export async function readConfigFolder(folder: string, faults: ConfigFault[]): Promise<ConfigFile[]> {
  const report: Report = (file, message) => faults.push({ file, line: 1, column: 1, keyPath: '', message });
  const files: ConfigFile[] = [];
  const read = async (path: string, kind: FileKind, id: string): Promise<void> => {
    const bytes = await readWhole(join(folder, path), path, report);
    if (bytes !== null) files.push({ path, kind, id, bytes });
  };

  const entries = await list(folder, '', report);
  if (entries === null) return [];
  for (const { name, directory } of entries) {
    const stem = name.slice(0, -extname(name).length || undefined);
    if (directory && name === 'schemas') continue;
    else if (directory && name === 'plugins') await refusePlugins(folder, report);
    else if (directory && name === 'apis') await readApis(folder, read, report);
    else if (directory && FOLDERS[name] !== undefined) await readOneEach(folder, name, FOLDERS[name], read, report);
    else if (directory) report(name, `no such folder is known: remove it; known are apis, applications, auth-methods, plans, pools`);
    else if (isYaml(name) && stem === 'gatehouse') await read(name, 'installation', 'gatehouse');
    else if (isYaml(name) && stem === 'groups') await read(name, 'groups', 'groups');
    else if (IMAGES.includes(extname(name).toLowerCase())) await read(name, 'image', name);
    else if (!isNote(name)) report(name, 'no such file is known here: remove it; known are gatehouse.yaml, groups.yaml and a logo');
  }
  reportDuplicates(files, report);
  if (!files.some(({ kind }) => kind === 'installation') && !faults.some(({ file }) => file.startsWith('gatehouse.'))) {
    report('gatehouse.yaml', 'is missing: every config folder has one; begin with `title: My APIs`');
  }
  return files;
}

type Read = (path: string, kind: FileKind, id: string) => Promise<void>;

async function readOneEach(folder: string, part: string, kind: FileKind, read: Read, report: Report): Promise<void> {
  for (const { name, directory } of (await list(folder, part, report)) ?? []) {
    const path = `${part}/${name}`;
    if (directory) report(path, `a folder does not belong here: put one file a ${kind} into ${part}/, such as ${part}/${name}.yaml`);
    else if (isYaml(name)) await readIdentified(path, kind, name.slice(0, -extname(name).length), read, report);
    else if (!isNote(name)) report(path, `only .yaml, .yml and .json files belong here: remove it or rename it`);
  }
}

async function readApis(folder: string, read: Read, report: Report): Promise<void> {
  for (const { name: id, directory } of (await list(folder, 'apis', report)) ?? []) {
    if (directory) await readApi(folder, id, read, report);
    else if (!isNote(id)) report(`apis/${id}`, 'an API is a folder: put this into apis/<id>/api.yaml');
  }
}

async function readApi(folder: string, id: string, read: Read, report: Report): Promise<void> {
  const entries = (await list(folder, `apis/${id}`, report)) ?? [];
  if (!entries.some(({ name }) => isYaml(name) && name.startsWith('api.')))
    report(`apis/${id}/api.yaml`, 'is missing: an API is declared in this file');
  for (const { name, directory } of entries) {
    const path = `apis/${id}/${name}`;
    const stem = name.slice(0, -extname(name).length || undefined);
    if (!directory && isYaml(name) && stem === 'api') await readIdentified(path, 'api', id, read, report);
    else if (!directory && name === 'description.md') await read(path, 'api-description', id);
    else if (!directory && isYaml(name) && stem === 'openapi') await read(path, 'api-openapi', id);
    else if (directory || !isNote(name))
      report(path, 'does not belong here: an API has api.yaml, description.md and openapi.yaml; remove it');
  }
}

async function readIdentified(path: string, kind: FileKind, id: string, read: Read, report: Report): Promise<void> {
  if (!isId(id)) report(path, `"${id}" is no valid id: ${ID_RULE}; rename it`);
  await read(path, kind, id);
}

/** The operator's own plugins have their place, but nothing loads them yet. */
async function refusePlugins(folder: string, report: Report): Promise<void> {
  for (const { name } of (await list(folder, 'plugins', report)) ?? []) {
    if (/\.[cm]?[jt]s$/.test(name)) report(`plugins/${name}`, 'plugins of your own are not built yet; remove it');
  }
}

function reportDuplicates(files: readonly ConfigFile[], report: Report): void {
  const seen = new Map<string, string>();
  for (const { path, kind, id } of files) {
    const key = `${kind} ${id}`;
    const first = seen.get(key);
    if (first === undefined) seen.set(key, path);
    else report(path, `declares the same as ${first}: remove one of them`);
  }
}

const isYaml = (name: string): boolean => YAML.includes(extname(name));
/** Notes to people beside the config. */
const isNote = (name: string): boolean => /\.md$/i.test(name) || /^README/i.test(name);
/** Hidden files (among them the `..data` of a Kubernetes volume) and what editors leave behind. */
const isIgnored = (name: string): boolean => name.startsWith('.') || name.endsWith('~') || name.startsWith('#');

/** The entries of a folder in order of name, symbolic links followed; null where it cannot be read. */
async function list(folder: string, part: string, report: Report): Promise<{ name: string; directory: boolean }[] | null> {
  try {
    const names = (await readdir(join(folder, part))).filter((name) => !isIgnored(name)).sort();
    const entries: { name: string; directory: boolean }[] = [];
    for (const name of names) {
      try {
        entries.push({ name, directory: (await stat(join(folder, part, name))).isDirectory() });
      } catch (error) {
        report(part === '' ? name : `${part}/${name}`, cannotRead(error));
      }
    }
    return entries;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (part !== '') report(part, code === 'ENOTDIR' ? 'must be a folder' : cannotRead(error));
    else if (code === 'ENOENT') report('.', `the config folder ${folder} does not exist: make it, or set GATEHOUSE_CONFIG to yours`);
    else if (code === 'ENOTDIR') report('.', `${folder} is a file: set GATEHOUSE_CONFIG to the folder that holds gatehouse.yaml`);
    else report('.', `the config folder ${folder} ${cannotRead(error)}`);
    return null;
  }
}

async function readWhole(file: string, path: string, report: Report): Promise<Buffer | null> {
  try {
    const { size } = await stat(file);
    if (size <= MAX_FILE_BYTES) return await readFile(file);
    report(path, `is longer than ${MAX_FILE_BYTES / 1024 / 1024} MB: make it shorter`);
  } catch (error) {
    report(path, cannotRead(error));
  }
  return null;
}

function cannotRead(error: unknown): string {
  return `cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown error'}): let this process read it`;
}
