import { createHash } from 'node:crypto';
import type { Column, Table } from '../schema.ts';
import type { Format } from './dataset-writer.ts';
import type { WrittenFile } from './file-sink.ts';

/** Version of the dataset's format: first number for a change that breaks readers, second for additions. */
export const DATASET_VERSION = '1.0.0';

export const LICENCE = {
  name: 'CC-BY-4.0',
  title: 'Creative Commons Attribution 4.0 International',
  path: 'https://creativecommons.org/licenses/by/4.0/',
} as const;

const TITLE =
  'Annual reports on government information disclosure in China: tables, narrative counts and checks';
const TITLE_ZH = '政府信息公开工作年度报告数据集';

/** What `datapackage.json` tells of one file. */
export interface PackagedFile extends WrittenFile {
  readonly format: Format;
  /** The table it holds, if it is one of the dataset. */
  readonly table: Table | null;
}

/** The same data have the same version, whenever and wherever they were exported. */
export function versionOf(files: readonly PackagedFile[]): string {
  const hash = createHash('sha256');
  for (const f of files.filter((f) => f.format === 'csv' || f.format === 'parquet'))
    hash.update(`${f.path} ${f.sha256}\n`);
  return `${DATASET_VERSION}+${hash.digest('hex').slice(0, 12)}`;
}

/** Data Package v2 (https://datapackage.org): every file with its schema, keys and hash. */
export function dataPackage(files: readonly PackagedFile[]): string {
  const csv = new Set(files.filter((f) => f.format === 'csv').map((f) => f.table?.name));
  return `${JSON.stringify(
    {
      $schema: 'https://datapackage.org/profiles/2.0/datapackage.json',
      name: 'gongkai',
      title: TITLE,
      description: `${TITLE_ZH}. Numbers stand as published: nothing is repaired, and a blank is never 0. See codebook.csv for every variable.`,
      version: versionOf(files),
      keywords: ['政府信息公开', '年度报告', 'freedom of information', 'China'],
      licenses: [LICENCE],
      sources: [
        {
          title:
            '政府信息公开工作年度报告 (statutory annual reports, each with its own address in sources.csv)',
        },
      ],
      contributors: [{ title: 'gongkai contributors', roles: ['wrangler'] }],
      resources: files.map((file) => resource(file, csv.has('reports'))),
    },
    null,
    2,
  )}\n`;
}

function resource(file: PackagedFile, referable: boolean): Record<string, unknown> {
  const name = file.path
    .replace(/\.(csv|jsonl|do|xlsx)$/, file.format === 'csv' ? '' : '.$1')
    .replaceAll('/', '.');
  const { table } = file;
  const types: Record<PackagedFile['format'], string> = {
    csv: 'text/csv',
    parquet: 'application/vnd.apache.parquet',
    jsonl: 'application/jsonl',
    xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
    do: 'text/plain',
  };
  return {
    name,
    path: file.path,
    ...(table ? { title: table.zh, description: table.en } : {}),
    // `type: table` promises that the schema below can be read with the format.
    ...(file.format === 'csv' && table ? { type: 'table' } : {}),
    format: file.format,
    mediatype: types[file.format],
    ...(file.format === 'parquet' || file.format === 'xlsx' ? {} : { encoding: 'utf-8' }),
    bytes: file.bytes,
    hash: `sha256:${file.sha256}`,
    ...(table && file.format === 'csv' ? { schema: tableSchema(table, referable) } : {}),
  };
}

function tableSchema(table: Table, referable: boolean): Record<string, unknown> {
  return {
    $schema: 'https://datapackage.org/profiles/2.0/tableschema.json',
    fields: table.columns.map(field),
    missingValues: [''],
    ...(table.primaryKey.length > 0 && table.name !== 'codebook' ? { primaryKey: table.primaryKey } : {}),
    ...(table.references && referable
      ? {
          foreignKeys: [{ fields: ['report_id'], reference: { resource: 'reports', fields: ['report_id'] } }],
        }
      : {}),
  };
}

function field(column: Column): Record<string, unknown> {
  const constraints = {
    ...(column.required ? { required: true } : {}),
    ...(column.values ? { enum: column.values } : {}),
  };
  return {
    name: column.name,
    type: column.type === 'json' ? 'array' : column.type,
    title: column.zh,
    description: column.en,
    ...(column.type === 'boolean' ? { trueValues: ['true'], falseValues: ['false'] } : {}),
    ...(Object.keys(constraints).length > 0 ? { constraints } : {}),
  };
}

/** https://citation-file-format.github.io, without a date: the version says which data they are. */
export function citation(version: string): string {
  return `${[
    'cff-version: 1.2.0',
    'message: If you use these data, please cite them as below, with the version.',
    'type: dataset',
    `title: "${TITLE}"`,
    'abstract: "政府信息公开工作年度报告数据集。数据按原文所载，不作修正；空白不作零处理。"',
    `version: "${version}"`,
    `license: ${LICENCE.name}`,
    'authors:',
    '  - name: gongkai contributors',
  ].join('\n')}\n`;
}

export function licenceNote(): string {
  return `The data in this folder are licensed under ${LICENCE.title} (${LICENCE.name}),
${LICENCE.path}

The numbers and sentences were published by the agencies named, in reports that the law obliges them to publish;
they are facts of the public record. The licence covers their selection, arrangement, the derived variables, the
checks and the findings. To cite: see CITATION.cff, and give the version.

本目录中的数据依据 ${LICENCE.name} 许可使用。数字与文句由所列机关依法公布；引用时请注明版本（见 CITATION.cff）。
`;
}
