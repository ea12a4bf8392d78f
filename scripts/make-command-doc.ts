import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import { stringify } from 'yaml';
import { z } from 'zod';
import { configFile } from '../src/cli/config.ts';
import { STATUSES } from '../src/cli/exit.ts';
import { buildProgram } from '../src/cli/main.ts';
import { DEFAULT_PARSE_LIMITS } from '../src/run/parsing/limits.ts';

/** docs/commands.md, from the command line itself: `npm run docs`. A test holds that the file is what this prints. */
export async function commandDoc(): Promise<string> {
  const program = await buildProgram(() => {});
  const lines = [
    '# Commands',
    '',
    'Made from the command line itself by `npm run docs`; edit `src/cli/`, not this page. In a checkout write `npm run gongkai -- <command>`.',
    '',
    'Data goes to standard output, everything else to standard error. A progress bar is shown only on a terminal; elsewhere a line every ten',
    'seconds. `NO_COLOR` is honoured. Ctrl-C finishes the documents in hand and leaves a consistent dataset; a second one stops at once.',
    '',
    '| exit status | means |',
    '|---|---|',
    '| 0 | done |',
    '| 1 | findings at or above `--fail-on`, or a check that found problems |',
    '| 2 | wrong usage or configuration |',
    '| 3 | done, but some documents could not be read; each is listed with its reason |',
    '| 4 | aborted: the store, the disk or the program itself |',
    '| 130 | interrupted (143: ended by SIGTERM where nothing had to be finished) |',
    '',
    'Every command can end with 0, 2 or 4; with which others, and why, stands below each.',
    '',
    '`--json` prints for programs: one object, or one a line for lists (`findings`, `portals check --probe`). Keys are spelt as the columns of',
    'the dataset (`finding_id`); `findings --json` prints the lines of `findings.jsonl`. `extract --json` says what became of the `documents`:',
    '`added` (new), `updated` (their bytes changed), `reread` (same bytes, by another version of the program or with a transcription), `unchanged`;',
    'lists those that are `unreadable`, `missing` (gone since an earlier run) and folders `unseen`, and the ids `findings_added` and `findings_gone`.',
    '',
    '## Names of documents',
    '',
    'A document is called by its path from what was given: `gongkai extract /data/reports` gives `reports/2024/a.pdf`, whatever the machine. Below',
    'the working folder the path from there counts: `gongkai extract data/reports` gives `data/reports/2024/a.pdf`. A name means one file for good:',
    '',
    '- The same folder has the same name in every run on a dataset, from whatever folder the command is typed; a part of it, a file of it or the',
    '  folder above may be given later without anything being read twice or taken for gone.',
    '- Two folders of the same last name are told apart by the folders above (`north/reports`, `south/reports`); one that is given later gets',
    '  the longer name, and the command says so. `added/` is kept for what `gongkai add` brings in.',
    '- A folder that was moved keeps its name if it holds the same documents and the old place is gone.',
    '- Only what lies under the folders given is marked as missing when it is not met.',
    '',
    ...program.commands.filter((c) => c.name() !== 'help').flatMap((c) => commandLines(c, 'gongkai')),
    '## Configuration',
    '',
    'A flag wins over the environment, the environment over `gongkai.yaml`, and that over the default. Environment: `GONGKAI_CONFIG`,',
    '`GONGKAI_OUTPUT`, `GONGKAI_STORE`, `GONGKAI_AGENCIES`, `GONGKAI_LANG`, `GONGKAI_FAIL_ON`, `GONGKAI_PROCESSES`, `GONGKAI_TIMEOUT`,',
    '`GONGKAI_MEMORY`. In `gongkai.yaml` every key is optional, and an unknown one is an error that names the likely key:',
    '',
    '```yaml',
    stringify(exampleConfig()).trimEnd(),
    '```',
    '',
    'All keys:',
    '',
    ...keyLines(z.toJSONSchema(configFile, { io: 'input', unrepresentable: 'any' }) as Schema, ''),
    '',
    `Defaults of the limits: ${DEFAULT_PARSE_LIMITS.wallMs / 1000} s and ${DEFAULT_PARSE_LIMITS.memoryBytes / 2 ** 20} MiB a document, ${DEFAULT_PARSE_LIMITS.attempts} attempts; the others stand in [limits.md](limits.md).`,
    '',
    '`agencies.csv`, the register of bodies, is read from beside the configuration or from `--agencies`: columns `id`, `name`, `aliases`',
    '(separated by `|`), `uscc`, `division_code`, `parent`, `kind`, `first_year`, `last_year`; only the first two are required. Excel’s UTF-8 and',
    'GBK CSV both do.',
    '',
  ];
  return lines.join('\n');
}

function commandLines(command: Command, path: string): string[] {
  const name = `${path} ${command.name()}`;
  if (command.commands.length > 0) return command.commands.flatMap((c) => commandLines(c, name));
  const usage = command.registeredArguments.map((a) => {
    const text = `${a.name()}${a.variadic ? '...' : ''}`;
    return a.required ? `<${text}>` : `[${text}]`;
  });
  return [
    `## ${[name, ...usage].join(' ')}`,
    '',
    command.description() || command.summary(),
    '',
    '| flag | |',
    '|---|---|',
    ...command.options
      .filter((o) => !o.hidden)
      .map((o) => `| \`${o.flags}\` | ${o.description.replaceAll('|', '\\|')} |`),
    '',
    ...exitLines(name.replace(/^gongkai /u, '')),
    ...exampleLines(command),
  ];
}

function exitLines(name: string): string[] {
  const statuses = STATUSES[name];
  if (!statuses) throw new Error(`src/cli/exit.ts has no statuses of ${name}`);
  const lines = Object.entries(statuses).map(([status, why]) => `${status}: ${why}`);
  return lines.length > 0 ? [`Exit status ${lines.join('; ')}.`, ''] : [];
}

/** The text after the options in the help: examples. */
function exampleLines(command: Command): string[] {
  let help = '';
  command.configureOutput({
    writeOut: (text) => {
      help += text;
    },
  });
  command.outputHelp();
  const at = help.search(/\nExamples?:\n/u);
  if (at < 0) return [];
  const examples = help
    .slice(at)
    .replace(/^\nExamples?:\n/u, '')
    .split('\n')
    .map((l) => l.replace(/^ {2}/u, ''))
    .filter((l) => l.trim() !== '');
  return ['```sh', ...examples, '```', ''];
}

function exampleConfig() {
  return {
    output: 'output',
    agencies: 'agencies.csv',
    lang: 'zh',
    fail_on: 'error',
    processes: 2,
    limits: { seconds_per_document: 60, memory_mib: 1024 },
    notify: { webhook: 'https://example.org/hook' },
  };
}

interface Schema {
  readonly type?: string;
  readonly enum?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
}

function keyLines(schema: Schema, prefix: string): string[] {
  return Object.entries(schema.properties ?? {}).flatMap(([key, value]) =>
    value.properties
      ? keyLines(value, `${prefix}${key}.`)
      : [
          `- \`${prefix}${key}\`: ${value.enum ? value.enum.join(' \\| ') : value.items?.enum ? `list of ${value.items.enum.join(', ')}` : (value.type ?? 'value')}`,
        ],
  );
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(new URL('../docs/commands.md', import.meta.url), await commandDoc());
}
