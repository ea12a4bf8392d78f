import type { Gravity } from '../dataset/finding-queries.ts';
import type { StoredFinding } from '../dataset/store.ts';
import type { Outcome, ReportKind, Scope } from '../extract/report.ts';

export type Language = 'zh' | 'en';

/** Chooses the wording of a page's language. */
export type Say = (zh: string, en: string) => string;

export function sayIn(language: Language): Say {
  return language === 'zh' ? (zh) => zh : (_, en) => en;
}

type Words<K extends string> = Readonly<Record<K, readonly [zh: string, en: string]>>;

export const GRAVITY_WORDS: Words<Gravity> = {
  error: ['错误', 'Error'],
  warning: ['警告', 'Warning'],
  info: ['提示', 'Note'],
  doubt: ['待核读数', 'Reading in doubt'],
};

export const STATE_WORDS: Words<StoredFinding['state']> = {
  open: ['未处理', 'Open'],
  confirmed: ['属实', 'Confirmed'],
  false_positive: ['误报', 'False alarm'],
  corrected: ['已更正', 'Corrected'],
  accepted: ['可接受', 'Accepted'],
};

/** What a decision means, for the person who has to choose. */
export const STATE_MEANINGS: Words<StoredFinding['state']> = {
  open: ['撤回处理意见', 'Take the decision back'],
  confirmed: ['报告确有问题', 'The office erred'],
  false_positive: ['报告没有问题', 'The report is right'],
  corrected: ['单位已改正', 'The office has mended it'],
  accepted: ['有合理解释', 'There is a good reason'],
};

/** In the order of the keys 1 to 4. */
export const DECISIONS = ['confirmed', 'false_positive', 'corrected', 'accepted'] as const;

export const VERDICT_WORDS: Words<NonNullable<StoredFinding['verdict']>> = {
  unique: ['可确定错在哪一格', 'One cell is wrong'],
  preferred: ['最可能错在一格', 'One cell is likely wrong'],
  localised: ['可缩小到几格', 'A few cells come into question'],
  suspect_extraction: ['可能是本程序读错', 'Probably misread by this program'],
};

export const OUTCOME_WORDS: Words<Outcome> = {
  complete: ['完整读取', 'Read in full'],
  partial: ['部分读取', 'Read in part'],
  no_tables: ['没有表格', 'No tables'],
  blank_form: ['空白表', 'Blank form'],
  not_a_report: ['不是年度报告', 'Not an annual report'],
  pre_2019: ['2018年及以前的旧表', 'Form before 2019'],
  needs_ocr: ['扫描件，需要识别', 'A scan, needs OCR'],
  encrypted: ['有密码', 'Encrypted'],
  corrupt: ['文件损坏', 'Damaged'],
  too_large: ['文件过大', 'Too large'],
  timed_out: ['读取超时', 'Took too long'],
  crashed: ['读取时出错', 'Reading failed'],
  unsupported: ['格式不支持', 'Format not supported'],
};

/** Documents none of whose numbers could be taken. */
export const UNREADABLE = [
  'needs_ocr',
  'encrypted',
  'corrupt',
  'too_large',
  'timed_out',
  'crashed',
  'unsupported',
  'no_tables',
  'blank_form',
] as const satisfies readonly Outcome[];

/** Documents that a person should do something about. */
export const UNREAD: readonly Outcome[] = [...UNREADABLE, 'partial'];

/** Documents that are not checked because they are something else; a person may know better. */
export const SET_ASIDE: readonly Outcome[] = ['not_a_report', 'pre_2019'];

/** What a reader says is English, for those who look after the program; clerks read this. */
const UNREADABLE_ZH: Partial<Readonly<Record<Outcome, string>>> = {
  needs_ocr: '页面是图片，没有可以直接读取的文字。',
  encrypted: '打开这个文件需要密码。',
  corrupt: '文件不完整或已损坏，打不开。',
  too_large: '文件超出程序允许的大小。',
  timed_out: '读取时间过长，已停止。',
  crashed: '读取这个文件时程序意外中止。',
  unsupported:
    '文件内容不是可以读取的格式（网页、DOCX、DOC、RTF、ODT、PDF、OFD、文本、电子表格、图片），扩展名可能与内容不符。',
};

/** Why a document was not read in full, in the language of the page as far as it is known in it. */
export function reasonOf(outcome: Outcome, reason: string | null, language: Language): string | null {
  return (language === 'zh' ? UNREADABLE_ZH[outcome] : undefined) ?? reason;
}

/** What a person can do about a document that could not be read. */
export const OUTCOME_ADVICE: Partial<Words<Outcome>> = {
  partial: [
    '打开原件看未能读出的表，必要时向该单位索取可编辑的文件。',
    'Open the original and look at the table that was refused; ask the office for an editable file if need be.',
  ],
  no_tables: [
    '网页上可能只有附件或图片。请找到含三张表的文件，用“补录文件”上传。',
    'The page may only link to an attachment. Find the file with the three tables and upload it.',
  ],
  blank_form: [
    '该单位发布的是空白表格，请通知其补填。',
    'The office published an empty form; ask it to fill it in.',
  ],
  needs_ocr: [
    '这是扫描件或图片。请安装文字识别程序 Tesseract（见“gongkai doctor”）后重新读取，或向该单位索取可编辑的文件。',
    'This is a scan. Install Tesseract (see “gongkai doctor”) and read it again, or ask the office for an editable file.',
  ],
  encrypted: ['请取得不带密码的文件，用“补录文件”上传。', 'Get a file without a password and upload it.'],
  corrupt: ['请重新下载原文件，用“补录文件”上传。', 'Download the original again and upload it.'],
  too_large: [
    '请取得只含年度报告的较小文件，用“补录文件”上传。',
    'Get a smaller file with the report alone and upload it.',
  ],
  timed_out: ['请换一种格式（如 DOCX 或网页）上传。', 'Upload it in another format, such as DOCX or HTML.'],
  crashed: ['请换一种格式（如 DOCX 或网页）上传。', 'Upload it in another format, such as DOCX or HTML.'],
  unsupported: ['请另存为 DOCX 或 PDF 后上传。', 'Save it as DOCX or PDF and upload it.'],
  not_a_report: [
    '不作年度报告核对。如果其实是年度报告，请打开原件看是否附有三张表，并补录含表的文件。',
    'Not checked. If it is an annual report after all, look for its three tables in the original and upload the file that holds them.',
  ],
  pre_2019: [
    '2019年起才有统一的三张表，旧表不核对。',
    'The three tables exist since 2019; earlier forms are not checked.',
  ],
};

export const KIND_WORDS: Words<ReportKind> = {
  annual: ['年度报告', 'Annual report'],
  supplement: ['补充', 'Supplement'],
  excerpt: ['摘录', 'Excerpt'],
};

export const SCOPE_WORDS: Words<Scope> = {
  own: ['本机关', 'The body itself'],
  office: ['办公室', 'Its office'],
  region: ['全地区汇总', 'Whole region'],
  system: ['全系统汇总', 'Whole system'],
  unknown: ['范围未明', 'Scope unknown'],
};

/** The word of a list in one language. */
export function word<K extends string>(words: Words<K>, key: K, language: Language): string {
  return words[key][language === 'zh' ? 0 : 1];
}
