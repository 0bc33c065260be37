import type { KeyPath } from '../config-fault.js';
import type { Draft, Part } from '../decode/draft.js';

export type Report = (part: Part<unknown>, path: KeyPath, message: string) => void;
export type FileReport = (file: string, message: string) => void;

/** One check of a decoded folder: reports what it finds and changes nothing. */
export type DraftCheck = (draft: Draft, report: Report, reportFile: FileReport) => void;
