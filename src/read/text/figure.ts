/** Whether a cell of a dump holds a figure, a dash for none, or an amount with its unit: what no line of text is. */
export function isFigure(text: string): boolean {
  const bare = text.replace(/[\s\u00a0\u3000\u200b-\u200d\ufeff]/g, '');
  return /^(?:[+\-−－增减減]?[\d０-９][\d０-９,，.．]*(?:[万億亿元件条條宗份项項个個]+)?|[-−－—–/／]+|无|無)$/.test(
    bare,
  );
}
