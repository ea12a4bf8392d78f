import type { AgencyEntry, AgencyKind } from '../across.ts';
import type { ReportView } from '../view.ts';

/** What kind of body a report is of: from the register, else from its name or from how it speaks of itself. */
export function kindOfBody(
  view: ReportView,
  entry: AgencyEntry | undefined,
): AgencyKind | 'committee' | null {
  if (KEEPS_RULES.test(entry?.name ?? view.agency ?? '')) return null;
  if (entry) return entry.kind;
  if (view.agency) {
    const byName = kindOfName(view.agency);
    if (byName) return byName;
  }
  const text = view.text?.narrative.flatMap((p) => (p.doubtful ? [] : [p.text])).join('\n') ?? '';
  if (/(?:我|本)(?:镇|乡|街道|办事处)/u.test(text)) return 'township_government';
  if (/(?:我|本)局/u.test(text)) return 'department';
  return null;
}

/** 司法局 and 政府办 keep the rules of the government that they serve, and may count them. */
const KEEPS_RULES = /(?:司法[局厅]|政府办公[厅室]|法制办公室)$/u;

/** Null where the name leaves it open: 某某市人民政府 may be that of a 设区的市 or of a 县级市. */
function kindOfName(name: string): AgencyKind | 'committee' | null {
  if (/(?:镇|乡|街道|苏木)(?:人民政府|办事处|党政办公室)?$/u.test(name)) return 'township_government';
  if (/(?:县|旗)(?:人民政府)(?:办公室)?$/u.test(name)) return 'county_government';
  if (/(?:局|中心|大队|支队)$/u.test(name)) return 'department';
  if (/(?:开发区|试验区|实验区|新区|高新区|管理区|度假区|风景区)(?:管理?委(?:员)?会|管委会)?$/u.test(name))
    return 'committee';
  return null;
}
