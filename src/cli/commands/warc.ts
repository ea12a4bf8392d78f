import { createWriteStream, existsSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { finished } from 'node:stream/promises';
import type { Command } from 'commander';
import { Archive } from '../../crawl/archive/store.ts';
import { exportWarc } from '../../crawl/archive/warc.ts';
import { EXIT, type ExitStatus, UsageError } from '../exit.ts';
import { type CommonFlags, openSession, readingStore } from '../session.ts';
import { version } from '../version.ts';

interface WarcFlags extends CommonFlags {
  readonly portal?: string;
  readonly run?: string;
}

export function warcCommand(program: Command, end: (status: ExitStatus) => void): void {
  program
    .command('warc')
    .summary('write what a crawl fetched as one WARC file')
    .description(
      'Writes the originals of the archive with the requests and the headers of the answers as WARC 1.1, as web archives and their readers take it.',
    )
    .argument('<file>', 'name of the file, which must not be there yet: crawl-2025.warc.gz')
    .option('-o, --output <folder>', 'folder of the dataset (default: output)')
    .option('--portal <id>', 'only of this portal')
    .option('--run <id>', 'only of this run of the crawl')
    .addHelpText('after', '\nExample:\n  gongkai warc gongshu.warc.gz --portal gongshu')
    .action(async (file: string, flags: WarcFlags, command: Command) => {
      end(await writeWarc(path.resolve(file), { ...command.optsWithGlobals(), ...flags }));
    });
}

async function writeWarc(target: string, flags: WarcFlags): Promise<ExitStatus> {
  const session = await openSession(flags);
  if (!existsSync(path.dirname(target)))
    throw new UsageError(`${target}: there is no folder ${path.dirname(target)}; make it first.`);
  if (existsSync(target)) throw new UsageError(`${target} is there already; give another name or remove it.`);
  const query = {
    ...(flags.portal === undefined ? {} : { portal: flags.portal }),
    ...(flags.run === undefined ? {} : { run: flags.run }),
  };
  // Under a name of its own until it is whole: half a file must not pass for the archive.
  const part = `${target}.${process.pid}.part`;
  const output = createWriteStream(part, { flags: 'wx' });
  try {
    const archive = new Archive(path.join(session.settings.output, 'archive'));
    const written = await readingStore(session, (store) =>
      exportWarc(store.crawl, archive, query, output, `gongkai/${version()}`),
    );
    output.end();
    await finished(output);
    if (written === 0)
      throw new UsageError(
        `Nothing was fetched${flags.portal === undefined ? '' : ` from the portal ${flags.portal}`}${flags.run === undefined ? '' : ` by the run ${flags.run}`}: no file was written. Only “gongkai crawl” and “gongkai schedule” fetch.`,
      );
    await rename(part, target);
    session.terminal.say(`${written} exchange${written === 1 ? '' : 's'} → ${target}`);
    return EXIT.done;
  } finally {
    output.destroy();
    await rm(part, { force: true });
  }
}
