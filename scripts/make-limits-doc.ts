import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { ReadLimits } from '../src/read/document.ts';
import { DEFAULT_PARSE_LIMITS, type ParseLimits } from '../src/run/parsing/limits.ts';

/** A limit by its name in the program: those of the readers and those that are kept from outside. */
export type LimitName = keyof ReadLimits | Exclude<keyof ParseLimits, 'read'>;

export interface LimitLine {
  /** Under `limits` in gongkai.yaml. */
  readonly key: string;
  /** What one of the key's unit is in the program's own. */
  readonly unit: number;
  readonly bounds: string;
  readonly beyond: string;
}

const MIB = 2 ** 20;

/** One line for each limit: a new limit without one does not compile. */
export const LIMIT_LINES: Readonly<Record<LimitName, LimitLine>> = {
  wallMs: {
    key: 'seconds_per_document',
    unit: 1000,
    bounds: 'wall time for one document, programs that its reader starts included',
    beyond: '`timed_out`; the process is killed with all that it started',
  },
  memoryBytes: {
    key: 'memory_mib',
    unit: MIB,
    bounds:
      'resident memory (MiB) of the process that reads a document, looked at five times a second; once more the same for the programs that it started together',
    beyond: '`too_large`; the process is killed with all that it started',
  },
  attempts: {
    key: 'attempts',
    unit: 1,
    bounds: 'times that a document is tried which ends its process',
    beyond: '`crashed`; the document is set aside and named',
  },
  documentsPerProcess: {
    key: 'documents_per_process',
    unit: 1,
    bounds: 'documents after which a process is replaced by a fresh one',
    beyond: 'nothing that shows',
  },
  inputBytes: {
    key: 'input_mib',
    unit: MIB,
    bounds: 'size of a file (MiB), looked at before a byte is read',
    beyond: '`too_large`',
  },
  inflatedBytes: {
    key: 'inflated_mib',
    unit: MIB,
    bounds:
      'bytes (MiB) that come out of one container or archive, all its parts and inner archives together',
    beyond: '`too_large`; `corrupt` where a part holds more than it declares',
  },
  inflateRatio: {
    key: 'inflate_ratio',
    unit: 1,
    bounds: 'times that a part above 1 MiB may grow when it is unpacked',
    beyond: '`too_large`',
  },
  archiveEntries: {
    key: 'archive_entries',
    unit: 1,
    bounds: 'entries of an archive or container, inner archives included',
    beyond: '`too_large`',
  },
  xmlDepth: {
    key: 'xml_depth',
    unit: 1,
    bounds: 'depth of elements in the XML of DOCX, ODT, OFD and workbooks',
    beyond: '`too_large`',
  },
  pages: {
    key: 'pages',
    unit: 1,
    bounds: 'pages of a PDF or OFD; of pages that are pictures, 40 at most are read',
    beyond: '`too_large`',
  },
  cells: {
    key: 'cells',
    unit: 1,
    bounds: 'table cells of a document; lines and nodes are bounded in proportion',
    beyond: '`too_large`',
  },
  nesting: {
    key: 'nesting',
    unit: 1,
    bounds: 'depth of elements in a page and of groups in RTF',
    beyond: '`too_large`',
  },
  imagePixels: {
    key: 'image_megapixels',
    unit: 1e6,
    bounds: 'pixels (million) of a picture, taken from its header before it is decoded',
    beyond: '`too_large`',
  },
};

/** The value that a limit has without configuration, in the program's own unit. */
export function defaultOf(name: LimitName): number {
  const { read, ...outside } = DEFAULT_PARSE_LIMITS;
  return { ...read, ...outside }[name];
}

/** docs/limits.md, from the table above: `npm run docs`. */
export function limitsDoc(): string {
  const rows = (Object.entries(LIMIT_LINES) as [LimitName, LimitLine][]).map(
    ([name, { key, unit, bounds, beyond }]) =>
      `| \`${key}\` | \`${name}\` | ${defaultOf(name) / unit} | ${bounds} | ${beyond} |`,
  );
  return `# Limits

Made by \`npm run docs\` from \`scripts/make-limits-doc.ts\`; edit that, not this page.

Every document is read in a process of its own kind, apart from the program that runs it. What a document may cost is bounded; one that
goes beyond a bound is a row of the dataset like any other, with the outcome below and the reason, which names the limit or what was
exceeded. All other documents are read. No limit shortens a document: it is read within them or refused.

Set them under \`limits\` in gongkai.yaml; \`--timeout\` and \`--memory\` set the first two for one run.

| key in gongkai.yaml | name in messages | default | bounds | beyond it |
|---|---|---|---|---|
${rows.join('\n')}

\`\`\`yaml
limits:
  seconds_per_document: 120
  cells: 400000
\`\`\`

A document that failed at a limit is not read again until its bytes or the program's version change. To have it read after a limit was
raised, extract it into a fresh output folder.

## What holds without a setting

- A document is given no network, and none of its scripts, macros, actions or links is run or followed. LibreOffice, where a document needs
  it, runs with macros off, links off, and a proxy that leads nowhere.
- XML with a document type declaration is refused: no entity, inner or outer, is ever expanded.
- Archives inside archives are opened once, not deeper. Names in archives lose roots, drives, \`..\`, control characters and marks of
  direction; nothing is ever written under a name that an archive gave, only under the hash of the bytes.
- Checksums of ZIP entries are verified; a name that occurs twice in a container is refused.
- A folder that holds a file named \`.gongkai-ignore\` is passed over with all below it; links to folders are not followed.
- A file that may not be read, or whose name is not in UTF-8, is left out and named; the command then ends with status 3. It is not taken
  for one that has gone.
- The folder for temporary files is removed after each run, and what a killed run left behind by the next.
`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(new URL('../docs/limits.md', import.meta.url), limitsDoc());
}
