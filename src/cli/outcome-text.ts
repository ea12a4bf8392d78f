/** How documents are counted in a summary, by outcome. */
export const OUTCOME_TEXT: Readonly<Record<string, string>> = {
  complete: 'complete',
  partial: 'partial (a table or cell is missing or was refused)',
  no_tables: 'without the statutory tables',
  blank_form: 'blank forms',
  not_a_report: 'not annual reports',
  pre_2019: 'of the form before 2019 (not extracted)',
  needs_ocr: 'scans that need OCR',
  encrypted: 'encrypted',
  corrupt: 'damaged',
  too_large: 'too large',
  timed_out: 'took too long',
  crashed: 'crashed the reader',
  unsupported: 'of an unsupported format',
};
