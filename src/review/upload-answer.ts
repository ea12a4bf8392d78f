import { readingsOf, reportIdsOf } from '../dataset/reading-queries.ts';
import type { Store } from '../dataset/store.ts';
import { type Language, OUTCOME_ADVICE, OUTCOME_WORDS, reasonOf, sayIn, word } from './language.ts';

/** A file that a person brings in. */
export interface Upload {
  readonly name: string;
  readonly bytes: Uint8Array;
  /** Name or id of the body. */
  readonly agency: string;
  readonly year: number;
  readonly from: string | null;
  readonly person: string;
}

/** How it ended, in sentences for the person. */
export interface UploadResult {
  /** `done`: read, for the body and year that were given. `attention`: read, but not as was expected. */
  readonly kind: 'done' | 'attention' | 'failed';
  readonly message: { readonly zh: string; readonly en: string };
  /** Where to look at it. */
  readonly reportId?: string;
}

/**
 * What became of an uploaded file. The file itself decides whose report it is; a person who meant another body or year
 * must be told, and so must one whose file was read before, is one of several, or could not be read.
 */
export async function uploadAnswer(
  store: Store,
  given: { readonly agency: string; readonly agencyId: string | null; readonly year: number },
  documents: readonly string[],
  nothingNew: boolean,
): Promise<UploadResult> {
  const answers: UploadResult[] = [];
  for (const reportId of await reportIdsOf(store, documents)) {
    const readings = await readingsOf(store, reportId);
    const own = readings.find((r) => documents.includes(r.document) && r.supersededBy === null && !r.missing);
    const stored = await store.report(reportId);
    if (!own || !stored) continue;
    const { outcome, agency, year } = own.report;
    const read = outcome === 'complete' || outcome === 'partial';
    const counts = { error: 0, warning: 0, info: 0 };
    for await (const f of store.findings({ reportIds: [reportId] }))
      if (f.verdict !== 'suspect_extraction') counts[f.severity] += 1;
    const contradicted = own.report.conflicts.some((c) => c.field === 'agency');
    const same =
      year === given.year &&
      !contradicted &&
      (given.agencyId === null ? agency === given.agency : stored.agencyId === given.agencyId);
    const in_ = (language: Language): string => {
      const say = sayIn(language);
      const whose = say(
        `${agency ?? '单位未定'}${year === null ? '（年度未定）' : `${year}年度`}`,
        `${agency ?? 'body unknown'}, ${year ?? 'year unknown'}`,
      );
      const sentences: string[] = [];
      if (nothingNew)
        sentences.push(
          say(
            '这个文件以前已经读过，内容完全相同，没有变化。',
            'This very file was read before; nothing changed.',
          ),
        );
      if (read) {
        sentences.push(
          say(
            `${outcome === 'complete' ? '已读取并核对' : '只读出了一部分'}：${whose}报告，有${counts.error}个错误、${counts.warning}个警告、${counts.info}个提示。`,
            `${outcome === 'complete' ? 'Read and checked' : 'Read in part'}: ${whose}; errors: ${counts.error}, warnings: ${counts.warning}, notes: ${counts.info}. `,
          ),
        );
        if (outcome === 'partial' && own.report.outcomeReason)
          sentences.push(`${own.report.outcomeReason}。`);
      } else {
        const reason = reasonOf(outcome, own.report.outcomeReason, language);
        sentences.push(
          say('文件已保存，但没有读出数字：', 'The file was kept, but no numbers were read: '),
          `${word(OUTCOME_WORDS, outcome, language)}。`,
          reason === null ? '' : `${reason.replace(/[。.]$/u, '')}。`,
          OUTCOME_ADVICE[outcome]?.[language === 'zh' ? 0 : 1] ?? '',
        );
      }
      if (read && !same)
        sentences.push(
          say(
            `请注意：文件自己写明是${whose}，与您填写的“${given.agency}”${given.year}年度不同，已按文件所写归入。如果传错了文件，请补录正确的文件。`,
            `Note that the file says that it is the report of ${whose}, not of ${given.agency}, ${given.year}; it was taken as what it says. If it is the wrong file, upload the right one.`,
          ),
        );
      if (read && contradicted && stored.agencyId === null)
        sentences.push(
          say(
            `名录中没有“${agency}”，因此没有归入任何单位。如果这是${given.agency}的曾用名或简称，请写入 agencies.csv 中该单位的 aliases 一栏，再运行 gongkai check。`,
            `The register does not know ${agency}, so that it was filed under no body. If that is a former or short name of ${given.agency}, put it among the aliases of that line of agencies.csv and run gongkai check.`,
          ),
        );
      const others = readings.length - 1;
      if (read && others > 0)
        sentences.push(
          say(
            `这份报告另有${others}份文件或旧版${own.primary ? '，数据取自刚上传的文件' : `，数据取自“${readings[0]?.document ?? ''}”`}；逐格比较见报告页。`,
            `There are ${others} other documents or versions of this report; the numbers are taken from ${own.primary ? 'the one just uploaded' : `“${readings[0]?.document ?? ''}”`}. The page of the report compares them cell by cell.`,
          ),
        );
      return sentences.join('');
    };
    answers.push({
      kind: !read ? 'failed' : same && outcome === 'complete' ? 'done' : 'attention',
      message: { zh: in_('zh'), en: in_('en') },
      reportId,
    });
  }
  const order = ['done', 'attention', 'failed'] as const;
  return (
    answers.toSorted((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind))[0] ?? {
      kind: 'attention',
      message: {
        zh: '文件已保存并读取，但没有形成报告；请在“未读出”中查看。',
        en: 'The file was kept and read, but there is no report of it; look at “Not readable”.',
      },
    }
  );
}
