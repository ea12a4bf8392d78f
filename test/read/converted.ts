import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

/**
 * Converts documents with LibreOffice, all in one call (starting it takes a second, a further file a fraction).
 * `filter` as for `--convert-to`: `doc:MS Word 97`, `rtf`, `odt`.
 */
export function convertAll(
  soffice: string,
  inputs: readonly { readonly extension: string; readonly bytes: Uint8Array }[],
  filter: string,
  inputFilter?: string,
): Uint8Array[] {
  const folder = mkdtempSync(path.join(tmpdir(), 'gongkai-test-'));
  try {
    const names = inputs.map(({ extension, bytes }, index) => {
      const name = path.join(folder, `d${index}.${extension}`);
      writeFileSync(name, bytes);
      return name;
    });
    const profile = `-env:UserInstallation=${pathToFileURL(path.join(folder, 'profile')).href}`;
    const output = path.join(folder, 'out');
    execFileSync(
      soffice,
      [
        profile,
        '--headless',
        ...(inputFilter ? [`--infilter=${inputFilter}`] : []),
        '--convert-to',
        filter,
        '--outdir',
        output,
        ...names,
      ],
      {
        stdio: 'ignore',
      },
    );
    const extension = filter.split(':')[0];
    return names.map((_, index) => readFileSync(path.join(output, `d${index}.${extension}`)));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
