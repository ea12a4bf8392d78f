/** Whether a file begins with an XML declaration, after a byte order mark and blanks at most. */
export function beginsAsXml(bytes: Uint8Array): boolean {
  const head = Buffer.from(bytes.subarray(0, 400)).toString('latin1');
  return /^(?:\xef\xbb\xbf)?\s*<\?xml\b/.test(head);
}

/**
 * What office programs write into one XML file instead of a package, mostly under the names `.doc` and `.xls`: reports
 * filled into a template of Word 2003 above all. Null for other XML, and for XML that declares a document type, which
 * none of these programs writes and whose entities could blow up whoever opens it. `text`: the beginning of the file.
 */
export function officeXml(text: string): 'doc' | 'spreadsheet' | null {
  if (/<!DOCTYPE/i.test(text)) return null;
  if (
    /schemas\.microsoft\.com\/office\/word\/2003\/wordml|<\?mso-application\s+progid="Word\.Document"/.test(
      text,
    )
  )
    return 'doc';
  if (
    /<(?:\w+:)?Workbook\b[^>]*urn:schemas-microsoft-com:office:spreadsheet|progid="Excel\.Sheet"/.test(text)
  )
    return 'spreadsheet';
  if (/<office:document\b/.test(text))
    return /office:mimetype="application\/vnd\.oasis\.opendocument\.spreadsheet/.test(text)
      ? 'spreadsheet'
      : 'doc';
  return null;
}
