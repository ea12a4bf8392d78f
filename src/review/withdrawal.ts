/** A document that a person takes back who, or whose colleague, had brought it in. */
export interface WithdrawalRequest {
  readonly document: string;
  readonly note: string | null;
  readonly person: string;
}

/** How it ended, in sentences for the person. */
export interface WithdrawalResult {
  readonly kind: 'done' | 'failed';
  readonly message: { readonly zh: string; readonly en: string };
}

/** What became of the reports of which documents were taken back. */
export function withdrawalAnswer(done: {
  readonly withdrawn: readonly {
    readonly document: string;
    /** Where the report's numbers come from now; null where it is in the dataset no more. */
    readonly insteadNow: string | null;
    /** They came from this document. */
    readonly wasTaken: boolean;
    readonly isReport: boolean;
  }[];
  /** Documents that stand again. */
  readonly restored: readonly string[];
  /** Files that stand again under the name of what was taken back. */
  readonly reread: readonly { readonly document: string; readonly sha256: string }[];
}): WithdrawalResult {
  const zh: string[] = [];
  const en: string[] = [];
  if (done.withdrawn.length === 0) {
    zh.push('这个文件先前已经撤回。');
    en.push('This document was taken back before.');
  }
  const told = new Set<string>();
  for (const { document, insteadNow, wasTaken, isReport } of done.withdrawn) {
    zh.push(`已撤回“${document}”，原件仍保存在档案中。`);
    en.push(`“${document}” was taken back; the original stays in the archive.`);
    if (insteadNow === null) {
      if (!isReport) continue;
      zh.push('这份报告没有其他文件，不再进入数据集。');
      en.push('There is no other document of this report: it leaves the dataset.');
    } else if (done.restored.includes(insteadNow)) {
      told.add(insteadNow);
      zh.push(`原先被“${document}”取代的“${insteadNow}”恢复有效，这份报告的数据改取自该文件。`);
      en.push(
        `“${insteadNow}”, whose place it had taken, stands again; the numbers of this report are now taken from it.`,
      );
    } else if (insteadNow !== document) {
      zh.push(`这份报告的数据${wasTaken ? '改' : '仍'}取自“${insteadNow}”。`);
      en.push(`The numbers of this report are ${wasTaken ? 'now' : 'still'} taken from “${insteadNow}”.`);
    }
  }
  for (const document of done.restored) {
    if (told.has(document)) continue;
    zh.push(`原先被取代的“${document}”恢复有效。`);
    en.push(`“${document}”, which had been replaced, stands again.`);
  }
  for (const { document, sha256 } of done.reread) {
    const sum = sha256.slice(0, 12);
    zh.push(`原先被同名文件取代的“${document}”（校验值 ${sum}）已从档案中重新读取，恢复有效。`);
    en.push(
      `The earlier file “${document}” (SHA-256 ${sum}), whose place it had taken, was read again from the archive and stands.`,
    );
  }
  if (done.withdrawn.length > 0) {
    zh.push('下次运行或导出后，数据集文件随之更新。');
    en.push('The files of the dataset follow with the next run or export.');
  }
  return { kind: 'done', message: { zh: zh.join(''), en: en.join(' ') } };
}
