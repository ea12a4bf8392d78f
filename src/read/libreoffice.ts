import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { ReadError, type ReadLimits, type Source } from './document.ts';
import { runProgram } from './program.ts';

/** The kinds of file that LibreOffice is asked for. */
export type Target = 'doc' | 'xlsx';

const FILTERS: Readonly<Record<Target, string>> = {
  doc: 'doc:MS Word 97',
  xlsx: 'xlsx:Calc MS Excel 2007 XML',
};
const SECONDS = 60;

/**
 * Converts a document with LibreOffice, or returns null where it is not installed. Each call has its own profile in
 * its own temporary folder (two calls with one profile silently convert nothing) and both are removed afterwards.
 *
 * Throws `timed_out`; `corrupt` where LibreOffice cannot open the file; `too_large`.
 */
export async function convert(
  source: Source,
  target: Target,
  limits: ReadLimits,
): Promise<Uint8Array | null> {
  const folder = await mkdtemp(path.join(tmpdir(), 'gongkai-office-'));
  try {
    const input = path.join(folder, 'document');
    const output = path.join(folder, 'out');
    await writeFile(input, source.bytes);
    await mkdir(path.join(folder, 'profile', 'user'), { recursive: true });
    await writeFile(path.join(folder, 'profile', 'user', 'registrymodifications.xcu'), settings());
    const { how } = await runProgram(
      'soffice',
      [
        `-env:UserInstallation=${pathToFileURL(path.join(folder, 'profile')).href}`,
        '--headless',
        '--norestore',
        '--convert-to',
        FILTERS[target],
        '--outdir',
        output,
        input,
      ],
      { cwd: folder, env: { HOME: folder, TMPDIR: folder }, seconds: SECONDS },
    );
    if (how === 'missing') return null;
    if (how === 'late')
      throw new ReadError(
        'timed_out',
        `${source.name}: LibreOffice did not finish within ${SECONDS} seconds.`,
      );
    const made = await readdir(output).catch(() => []);
    const name = made[0];
    if (!name) throw new ReadError('corrupt', `${source.name}: LibreOffice cannot open it either.`);
    const result = path.join(output, name);
    if ((await stat(result)).size > limits.inflatedBytes)
      throw new ReadError('too_large', `${source.name}: converted it exceeds ${limits.inflatedBytes} bytes.`);
    return await readFile(result);
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }
}

/** A port on which nothing listens: requests that slip through anyway end there. */
const NOWHERE = { host: '127.0.0.1', port: 9 };

/** No macros, no links to other files or pages followed, no way to the network. */
function settings(): string {
  const items: readonly (readonly [string, string, string | number | boolean])[] = [
    ['Common/Security/Scripting', 'DisableMacrosExecution', true],
    ['Common/Security/Scripting', 'MacroSecurityLevel', 3],
    ['Common/Security/Scripting', 'BlockUntrustedRefererLinks', true],
    ['Common/Security/Scripting', 'DisableActiveContent', true],
    ['Calc/Content/Update', 'Link', 1],
    ['Writer/Content/Update', 'Link', 0],
    ['Inet', 'ooInetProxyType', 1],
    ...(['HTTP', 'HTTPS', 'FTP'] as const).flatMap((protocol) => [
      ['Inet', `ooInet${protocol}ProxyName`, NOWHERE.host] as const,
      ['Inet', `ooInet${protocol}ProxyPort`, NOWHERE.port] as const,
    ]),
    ['Inet', 'ooInetNoProxy', ''],
  ];
  const lines = items.map(([place, name, value]) => {
    const root = place === 'Inet' ? '/org.openoffice.Inet/Settings' : `/org.openoffice.Office.${place}`;
    return `<item oor:path="${root}"><prop oor:name="${name}" oor:op="fuse"><value>${value}</value></prop></item>`;
  });
  return `<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
${lines.join('\n')}
</oor:items>
`;
}
