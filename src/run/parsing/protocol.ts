import type { Check, Finding } from '../../check/finding.ts';
import type { Report } from '../../extract/report.ts';
import type { ReadFailure, ReadLimits } from '../../read/document.ts';

/** What passes between the pool and a parser process. Plain values: they cross a process border. */

export interface ParseJob {
  readonly kind: 'parse';
  /** File on disk; the process reads it itself, so that no bytes cross. */
  readonly file: string;
  /** Name in the dataset. */
  readonly document: string;
  /** Name that the sender gave the file; a hint at most. */
  readonly name: string;
  readonly contentType?: string;
  readonly agency?: string;
  readonly year?: number;
  readonly publishedOn?: string;
  readonly from?: 'configured' | 'person' | 'register';
  readonly limits: ReadLimits;
}

export interface ExpandJob {
  readonly kind: 'expand';
  readonly file: string;
  readonly document: string;
  readonly name: string;
  /** Members are written here, named by their sha256. */
  readonly spool: string;
  readonly limits: ReadLimits;
}

export type Job = ParseJob | ExpandJob;

export interface Parsed {
  readonly kind: 'parsed';
  /** Of the very bytes that were read. */
  readonly sha256: string;
  readonly report: Report;
  readonly checks: readonly Check[];
  readonly findings: readonly Finding[];
}

export interface Expanded {
  readonly kind: 'expanded';
  readonly members: readonly {
    readonly path: string;
    readonly file: string;
    readonly sha256: string;
    readonly size: number;
  }[];
  readonly refused: readonly {
    readonly path: string;
    readonly failure: ReadFailure;
    readonly message: string;
  }[];
}

/** The document could not be read; the words are those of the `outcome` column. */
export interface Failed {
  readonly kind: 'failed';
  readonly failure: ReadFailure;
  readonly message: string;
}

/** A job of kind `parse` met an archive: its members are documents of their own. */
export interface IsArchive {
  readonly kind: 'archive';
}

/** A job of kind `expand` met a document under the name of an archive. */
export interface IsDocument {
  readonly kind: 'document';
}

export type Reply = Parsed | Expanded | IsArchive | IsDocument | Failed;

export type ToChild = { readonly id: number; readonly job: Job };
export type FromChild = { readonly id: number; readonly reply: Reply } | { readonly ready: true };
