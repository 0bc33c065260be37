import type { ConfigFault, KeyPath } from '../config-fault.js';
import type { ApiFile } from '../schema/api.schema.js';
import type { ApplicationFile } from '../schema/application.schema.js';
import type { AuthMethodFile } from '../schema/auth-method.schema.js';
import type { GroupSection } from '../schema/group.schema.js';
import type { InstallationFile } from '../schema/installation.schema.js';
import type { PlanFile } from '../schema/plan.schema.js';
import type { PoolFile } from '../schema/pool.schema.js';
import type { ConfigDocument } from '../source/config-document.js';

/** One declared thing: what its file says, decoded; where a value was wrong, the default stands. */
export interface Part<T> {
  readonly id: string;
  readonly value: T;
  readonly document: ConfigDocument;
  /** Where the part begins in its document. */
  readonly path: KeyPath;
  /** Its file has no readable content: only its id is known. */
  readonly unreadable: boolean;
}

/** A config folder, decoded but not yet checked across files. */
export interface Draft {
  readonly installation: Part<InstallationFile> | null;
  /** null: the file is there but cannot be read, so nothing can be said about references to groups. */
  readonly groups: ReadonlyMap<string, Part<GroupSection>> | null;
  readonly authMethods: ReadonlyMap<string, Part<AuthMethodFile>>;
  readonly pools: ReadonlyMap<string, Part<PoolFile>>;
  readonly plans: ReadonlyMap<string, Part<PlanFile>>;
  readonly apis: ReadonlyMap<string, Part<ApiFile>>;
  readonly applications: ReadonlyMap<string, Part<ApplicationFile>>;
  /** API → text of `description.md`. */
  readonly descriptions: ReadonlyMap<string, string>;
  /** API → text of `openapi.yaml`. */
  readonly openapis: ReadonlyMap<string, string>;
  /** File name → bytes. */
  readonly images: ReadonlyMap<string, Buffer>;
}

/** The fault of a value of a part. */
export function partFault(part: Part<unknown>, path: KeyPath, message: string): ConfigFault {
  return part.document.fault([...part.path, ...path], message);
}
