import { existsSync } from 'node:fs';
import { appendFile, chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline/promises';
import { type Command, Option } from 'commander';
import type { Account, Role } from '../../review/access/passwords.ts';
import type { Upload, UploadResult, WithdrawalRequest, WithdrawalResult } from '../../review/server.ts';
import { EXIT, type ExitStatus, UsageError } from '../exit.ts';
import { readGiven } from '../files.ts';
import { type CommonFlags, openSession, readingStore, type Session, withStore } from '../session.ts';

interface ReviewFlags extends CommonFlags {
  readonly port: string;
  readonly host: string;
  readonly passwordFile?: string;
  readonly addPerson?: string;
  readonly role: Role;
  readonly by?: string;
}

/** A decision waits this long for an extraction that is writing; meanwhile the pages stand still. */
const BUSY_MS = 4000;
const USER_AGENT = 'GongkaiReportBot/1.0 (a person at the keyboard)';

export function reviewCommand(program: Command, end: (status: ExitStatus) => void): void {
  program
    .command('review')
    .summary('look through findings and decide on them in a browser')
    .description(
      'Serves the reviewers’ pages from the store, also while a crawl or an extraction writes to it. Without --host only this machine can reach them, and no password is asked for.',
    )
    .option('-o, --output <folder>', 'folder of the dataset (default: output)')
    .option('--port <number>', 'port to listen on; 0 takes a free one', '8380')
    .option('--host <address>', 'address to listen on; 0.0.0.0 for all, which demands passwords', '127.0.0.1')
    .option('--password-file <file>', 'who may log in, one “name:role:scrypt$…” a line')
    .option('--add-person <name>', 'ask for a password, add the person to --password-file, and end')
    .addOption(
      new Option('--role <role>', 'role of --add-person: reader looks, reviewer decides')
        .choices(['reader', 'reviewer'])
        .default('reviewer'),
    )
    .option('--by <name>', 'whose decisions they are where nobody logs in (default: the user name)')
    .addHelpText(
      'after',
      `
Examples:
  gongkai review                               then open http://127.0.0.1:8380
  gongkai review --add-person 张三 --password-file people.txt
  gongkai review --host 0.0.0.0 --password-file people.txt

The password of --add-person is asked for, or taken from GONGKAI_REVIEW_PASSWORD. Without --password-file that variable
alone is the password of one account, “reviewer”.`,
    )
    .action(async (flags: ReviewFlags, command: Command) => {
      end(await review({ ...command.optsWithGlobals(), ...flags }));
    });
}

async function review(flags: ReviewFlags): Promise<ExitStatus> {
  const session = await openSession(flags);
  if (flags.addPerson !== undefined) return addPerson(session, flags, flags.addPerson);
  const port = Number(flags.port);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new UsageError(`--port ${flags.port}: a number from 0 to 65535 is expected`);
  const { LOOPBACK, startReview } = await import('../../review/server.ts');
  const local = LOOPBACK.includes(flags.host);
  const accounts = await accountsOf(flags);
  if (!local && accounts === null) {
    throw new UsageError(
      `--host ${flags.host}: others can reach this address, so passwords are needed. Make them with “gongkai review --add-person <name> --password-file people.txt” and give --password-file people.txt.`,
    );
  }
  return readingStore(
    session,
    async (store) => {
      const server = await startReview({
        store,
        output: session.settings.output,
        language: session.settings.lang,
        accounts,
        person: flags.by ?? os.userInfo().username,
        upload: (upload) => addUpload(session, upload),
        withdraw: (request) => takeBack(session, request),
        host: flags.host,
        port,
      }).catch((error: unknown) => {
        if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE')
          throw new UsageError(
            `--port ${port}: in use by another program; give another, or 0 for any that is free`,
          );
        throw error;
      });
      // Listened for before the address is told: whoever waits for that may answer with an interrupt at once.
      const { terminal, signal } = session;
      terminal.say(`Open ${server.url} in a browser. Ctrl-C ends.`);
      if (!local)
        terminal.say(
          'Others can reach this address; it asks for a password. The connection is not encrypted: put a reverse proxy with TLS before it.',
        );
      await new Promise<void>((resolve) => {
        if (signal.aborted) resolve();
        signal.addEventListener('abort', () => resolve(), { once: true });
      });
      await server.close();
      return EXIT.interrupted;
    },
    BUSY_MS,
  );
}

/** Null: nobody has to log in. */
async function accountsOf(flags: ReviewFlags): Promise<Account[] | null> {
  const { hashPassword, parsePasswordFile, PasswordFileError } = await import(
    '../../review/access/passwords.ts'
  );
  const file = flags.passwordFile;
  if (file !== undefined) {
    if (!existsSync(file))
      throw new UsageError(
        `--password-file ${file}: no such file. “gongkai review --add-person <name> --password-file ${file}” makes it.`,
      );
    try {
      const accounts = parsePasswordFile((await readGiven('--password-file', file)).toString('utf8'), file);
      if (accounts.length > 0) return accounts;
    } catch (error) {
      if (error instanceof PasswordFileError) throw new UsageError(error.message);
      throw error;
    }
    throw new UsageError(`--password-file ${file}: names nobody`);
  }
  const password = process.env['GONGKAI_REVIEW_PASSWORD'];
  if (!password) return null;
  return [{ name: 'reviewer', role: 'reviewer', hash: await hashed(password, hashPassword) }];
}

async function addPerson(session: Session, flags: ReviewFlags, name: string): Promise<ExitStatus> {
  const file = flags.passwordFile;
  if (file === undefined) throw new UsageError('--add-person: give the file with --password-file');
  if (name.trim() === '' || /[:\r\n#]/u.test(name) || name.length > 60)
    throw new UsageError(
      `--add-person ${name}: a name without “:” and “#”, of at most 60 characters, is expected`,
    );
  const { hashPassword, parsePasswordFile, passwordLine } = await import('../../review/access/passwords.ts');
  const present = existsSync(file)
    ? parsePasswordFile((await readGiven('--password-file', file)).toString('utf8'), file)
    : [];
  if (present.some((a) => a.name === name))
    throw new UsageError(
      `--add-person ${name}: is in ${file} already; delete that line to give a new password`,
    );
  const password = process.env['GONGKAI_REVIEW_PASSWORD'] || (await askPassword());
  await appendFile(
    file,
    passwordLine({ name, role: flags.role, hash: await hashed(password, hashPassword) }),
    { mode: 0o600 },
  );
  await chmod(file, 0o600).catch(() => {});
  session.terminal.say(`${name} (${flags.role}) → ${file}`);
  return EXIT.done;
}

async function hashed(password: string, hash: (password: string) => Promise<string>): Promise<string> {
  try {
    return await hash(password);
  } catch (error) {
    if (error instanceof RangeError) throw new UsageError(error.message);
    throw error;
  }
}

/** What is typed does not show; from a pipe the first line is taken. */
async function askPassword(): Promise<string> {
  const { stdin, stderr } = process;
  const lines = createInterface({ input: stdin, output: stderr, terminal: stdin.isTTY });
  try {
    const answer = lines.question('Password: ');
    // readline echoes through this method; nothing else can be told to keep quiet.
    if (stdin.isTTY)
      (lines as unknown as { _writeToOutput: (text: string) => void })._writeToOutput = () => {};
    const password = await answer;
    if (stdin.isTTY) stderr.write('\n');
    return password;
  } finally {
    lines.close();
  }
}

/** Reads a file that came through the page as `gongkai add` would; the files of the dataset wait for the next run. */
async function addUpload(session: Session, upload: Upload): Promise<UploadResult> {
  const { agencyToAdd, AmbiguousAgency, checkByHand } = await import('../../run/adding.ts');
  const { BusyError } = await import('../../run/lock.ts');
  const { loadPortals } = await import('../../crawl/config/load.ts');
  const { uploadAnswer } = await import('../../review/server.ts');
  const { settings } = session;
  const folder = await mkdtemp(path.join(os.tmpdir(), 'gongkai-upload-'));
  try {
    const file = path.join(
      folder,
      path.basename(upload.name.replaceAll('\\', '/')).replaceAll('\0', '').slice(-120) || 'report',
    );
    await writeFile(file, upload.bytes);
    const portals = existsSync(settings.portalsFile) ? await loadPortals(settings.portalsFile) : null;
    return await withStore(session, 'add', async (store) => {
      const { register } = session;
      const agency = agencyToAdd(register, upload.agency, upload.year);
      const { ingest, documents } = await checkByHand(
        store,
        {
          ...agency,
          year: upload.year,
          sources: [file],
          addedBy: upload.person,
          ...(upload.from ? { cameFrom: upload.from } : {}),
        },
        {
          output: settings.output,
          register,
          processes: 1,
          limits: settings.limits,
          portals,
          userAgent: portals?.userAgent ?? USER_AGENT,
          signal: session.signal,
        },
      );
      return uploadAnswer(
        store,
        { agency: agency.agency, agencyId: agency.agencyId ?? null, year: upload.year },
        documents,
        ingest.documents > 0 && ingest.unchanged === ingest.documents,
      );
    });
  } catch (error) {
    if (error instanceof AmbiguousAgency)
      return {
        kind: 'failed',
        message: { zh: `名录中有几个同名单位，请填写编号：${error.ids.join('、')}`, en: error.message },
      };
    if (error instanceof BusyError)
      return {
        kind: 'failed',
        message: {
          zh: '程序正在读取其他文件，请稍后再上传。',
          en: 'Another command is at work; upload again when it has ended.',
        },
      };
    throw error;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const NOT_TAKEN_BACK: Readonly<Record<'unknown' | 'found' | 'portal' | 'part', string>> = {
  unknown: '没有补录过这个文件。',
  found: '这个文件不是人工补录的，不能撤回。',
  portal: '这个文件也在网站上发布，采集时已经读到，不能撤回。',
  part: '这个文件是压缩包的一部分，请用 gongkai withdraw 撤回整个压缩包。',
};

/** As `gongkai withdraw` does; the files of the dataset wait for the next run. */
async function takeBack(session: Session, request: WithdrawalRequest): Promise<WithdrawalResult> {
  const { takeBackByHand, WithdrawalError } = await import('../../run/withdrawing.ts');
  const { BusyError } = await import('../../run/lock.ts');
  const { recheck } = await import('../../run/recheck.ts');
  const { withdrawalAnswer } = await import('../../review/server.ts');
  const { document, person, note } = request;
  try {
    return await withStore(session, 'withdraw', async (store) => {
      const { register, settings, signal } = session;
      const done = await takeBackByHand(store, [document], {
        person,
        note,
        now: new Date(),
        output: settings.output,
        register,
        processes: 1,
        limits: settings.limits,
        signal,
      });
      await recheck(store, register, await store.uncheckedAgencies(), { signal });
      return withdrawalAnswer(done);
    });
  } catch (error) {
    if (error instanceof WithdrawalError)
      return {
        kind: 'failed',
        message: { zh: NOT_TAKEN_BACK[error.why], en: `${error.document}: ${error.message}` },
      };
    if (error instanceof BusyError)
      return {
        kind: 'failed',
        message: {
          zh: '程序正在读取其他文件，请稍后再撤回。',
          en: 'Another command is at work; try again when it has ended.',
        },
      };
    throw error;
  }
}
