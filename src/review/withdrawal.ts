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
  readonly withdrawn: readonly { readonly document: string; readonly insteadNow: string | null }[];
  /** Documents that stand again. */
  readonly restored: readonly string[];
}): WithdrawalResult {
  const zh: string[] = [];
  const en: string[] = [];
  if (done.withdrawn.length === 0) {
    zh.push('这个文件先前已经撤回。');
    en.push('This document was taken back before.');
  }
  for (const { document, insteadNow } of done.withdrawn) {
    zh.push(
      `已撤回“${document}”，原件仍保存在档案中。`,
      insteadNow === null
        ? '这份报告没有其他文件，已不在数据集中。'
        : `这份报告的数据改取自“${insteadNow}”。`,
    );
    en.push(
      `“${document}” was taken back; the original stays in the archive.`,
      insteadNow === null
        ? 'There is no other document of this report: it is in the dataset no more.'
        : `The numbers of this report are taken from “${insteadNow}” now.`,
    );
  }
  for (const document of done.restored) {
    zh.push(`被它取代的“${document}”恢复有效。`);
    en.push(`“${document}”, whose place it had taken, stands again.`);
  }
  return { kind: 'done', message: { zh: zh.join(''), en: en.join(' ') } };
}
