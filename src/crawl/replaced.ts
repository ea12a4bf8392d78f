import type { ReportVersion, VersionFile } from './state.ts';

/** The files of earlier versions that this one has no more, each address once. */
export function replacedFiles(
  version: ReportVersion,
  before: readonly ReportVersion[],
): Pick<VersionFile, 'url' | 'name' | 'document'>[] {
  const key = ({ url, document }: VersionFile) => document ?? url;
  const now = new Set(version.files.map(key));
  const gone = new Map(
    before.flatMap(({ files }) =>
      files
        .filter((file) => !now.has(key(file)))
        .map((file) => {
          const { url, name, document } = file;
          return [key(file), { url, name, ...(document === undefined ? {} : { document }) }] as const;
        }),
    ),
  );
  return [...gone.values()];
}
