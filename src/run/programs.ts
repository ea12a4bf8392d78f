import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';

/** A program that a part of the product uses when it is installed. */
export interface ProgramUse {
  readonly name: string;
  readonly commands: readonly string[];
  readonly versionArguments: readonly string[];
  /** What it is used for, and what happens without it. */
  readonly use: string;
  readonly without: string;
  readonly install: string;
}

export interface ProgramState extends ProgramUse {
  readonly path: string | null;
  readonly version: string | null;
  /** What is there but incomplete (a missing language). */
  readonly problem: string | null;
}

const PROGRAMS: readonly ProgramUse[] = [
  {
    name: 'Tesseract',
    commands: ['tesseract'],
    versionArguments: ['--version'],
    use: 'reads scans and pictures of tables',
    without: 'such documents come out as needs_ocr',
    install: 'apt-get install tesseract-ocr tesseract-ocr-chi-sim',
  },
  {
    name: 'LibreOffice',
    commands: ['soffice', 'libreoffice'],
    versionArguments: ['--version'],
    use: 'reads old Word files that the built-in reader cannot',
    without: 'a few damaged or very old .doc and .wps files stay unread',
    install: 'apt-get install libreoffice-writer',
  },
  {
    name: 'Chromium',
    commands: ['chromium', 'chromium-browser', 'google-chrome'],
    versionArguments: ['--version'],
    use: 'prints pages to PDF in the tests; no command needs it',
    without: 'those tests are skipped',
    install: 'apt-get install chromium',
  },
  {
    name: 'PostgreSQL client',
    commands: ['psql'],
    versionArguments: ['--version'],
    use: 'looking into the store of a fleet; the program itself talks to Postgres directly',
    without: 'nothing is lost on one machine',
    install: 'apt-get install postgresql-client',
  },
];

export function programs(): ProgramState[] {
  return PROGRAMS.map((use) => {
    const found = use.commands.map(which).find((p) => p !== null) ?? null;
    if (found === null) return { ...use, path: null, version: null, problem: null };
    const run = spawnSync(found, [...use.versionArguments], { encoding: 'utf8', timeout: 15_000 });
    const version =
      `${run.stdout}${run.stderr}`
        .split('\n')
        .find((l) => l.trim() !== '')
        ?.trim() ?? null;
    return { ...use, path: found, version, problem: use.name === 'Tesseract' ? missingChinese(found) : null };
  });
}

function missingChinese(tesseract: string): string | null {
  const run = spawnSync(tesseract, ['--list-langs'], { encoding: 'utf8', timeout: 15_000 });
  return /chi_sim/u.test(`${run.stdout}${run.stderr}`)
    ? null
    : 'the language chi_sim is missing: apt-get install tesseract-ocr-chi-sim';
}

/** Fonts that show Chinese: without one, rendered pages and screenshots show boxes. Null where fontconfig is missing. */
export function chineseFonts(): readonly string[] | null {
  const run = spawnSync('fc-list', [':lang=zh', 'family'], { encoding: 'utf8', timeout: 15_000 });
  if (run.error) return null;
  return [
    ...new Set(
      run.stdout
        .split('\n')
        .map((l) => l.split(',')[0]?.trim() ?? '')
        .filter((l) => l !== ''),
    ),
  ].sort();
}

function which(command: string): string | null {
  const endings = process.platform === 'win32' ? ['.exe', '.cmd', ''] : [''];
  for (const folder of (process.env['PATH'] ?? '').split(path.delimiter)) {
    for (const ending of endings) {
      const candidate = path.join(folder, command + ending);
      if (folder !== '' && existsSync(candidate)) return candidate;
    }
  }
  return null;
}
