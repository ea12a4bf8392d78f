/** Fields whose page shows what their instruction says: programs write no result for them. */
const SHOWN_WITHOUT_RESULT =
  /^\s*(?:AUTONUM|AUTONUMLGL|AUTONUMOUT|DISPLAYBARCODE|EQ|FORMCHECKBOX|FORMDROPDOWN|GOTOBUTTON|LISTNUM|MACROBUTTON|SHAPE)(?![A-Z])/i;

/** Instructions are short; a field that is never ended has no end. */
export const LONGEST_INSTRUCTION = 200;

/**
 * Whether a field of Word with this instruction shows something though it has no result: a choice of a form, an enclosed
 * or stacked number (EQ), the words of a button, a shape that a converter has left out (ECMA-376 part 1, 17.16.5).
 */
export function showsItsInstruction(instruction: string): boolean {
  return SHOWN_WITHOUT_RESULT.test(instruction);
}
