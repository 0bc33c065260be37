import { readdir, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';

export interface FolderState {
  /** Differs whenever a file came, went, or was written or replaced. */
  readonly signature: string;
  /** Real paths of the folder and of every folder in it. */
  readonly directories: ReadonlySet<string>;
}

const MAX_LEVELS = 5;

/** Looks at a config folder without reading its files; symbolic links are followed, so that one that was swapped is seen. */
export async function readFolderState(folder: string): Promise<FolderState> {
  const lines: string[] = [];
  const directories = new Set<string>();

  const visit = async (path: string, level: number): Promise<void> => {
    try {
      const stats = await stat(path);
      const directory = stats.isDirectory();
      lines.push(directory ? `${path} ${stats.ino}` : `${path} ${stats.ino} ${stats.size} ${stats.mtimeMs} ${stats.ctimeMs}`);
      if (!directory || level > MAX_LEVELS) return;
      directories.add(await realpath(path));
      const names = (await readdir(path)).filter((name) => !name.startsWith('.')).sort();
      for (const name of names) await visit(join(path, name), level + 1);
    } catch (error) {
      // Gone between two looks, or unreadable: part of the state, too.
      lines.push(`${path} ${(error as NodeJS.ErrnoException).code}`);
    }
  };

  await visit(folder, 0);
  return { signature: lines.join('\n'), directories };
}
