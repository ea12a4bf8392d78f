import { mayBeOneBody, type Register, type RegisteredAgency } from '../agencies/register.ts';
import type { AgencyMatch, Said } from '../dataset/store.ts';
import { needsReview } from '../extract/needs-review.ts';
import type { Conflict, Origin, Report } from '../extract/report.ts';
import { foldPhrase } from '../form/fold.ts';

/** Raised whenever the same document could now be bound otherwise: what is stored is then bound anew. */
export const BINDING_RULE = '2';

/** What the document itself has to say of whose report it is. */
export type Printed = Pick<Report, 'agency' | 'agencyFrom' | 'year' | 'title'>;

export interface Binding {
  /** Null where no body of the register is certain. */
  readonly agency: AgencyMatch | null;
  /** What the document prints is not what was said of it. */
  readonly conflict: Conflict | null;
}

const NOT_PRINTED: ReadonlySet<Origin> = new Set(['person', 'configured', 'register', 'pending']);

/**
 * Whose report a document is. What it prints decides. What a person or a portal said stands in where it prints no name,
 * or one that can be meant for that body. A name that is another body's, or nobody's of the register, binds it to none:
 * an office must not be asked about numbers that it did not publish.
 */
export function bindingOf(printed: Printed, said: Said | null, register: Register): Binding {
  const meant = said?.agencyId == null ? undefined : register.get(said.agencyId);
  const { agency: name } = printed;
  if (name === null || NOT_PRINTED.has(printed.agencyFrom)) {
    if (meant) return bound(meant);
    const match = name === null ? null : register.match(name, printed.year);
    return bound(match?.kind === 'certain' ? match.agency : null);
  }
  const match = register.match(name, printed.year);
  const conflict = said === null ? null : conflictOf(name, printed, said, meant);
  if (match.kind === 'certain') {
    // What the page around a report says of its publisher is a hint; the register knows better whom the title names.
    const hinted = said === null || said.by === 'meta';
    const same = meant
      ? meant === match.agency
      : said?.agency == null || register.canMean(said.agency, match.agency);
    return bound(match.agency, hinted || same ? null : conflict);
  }
  if (meant) {
    const fits =
      match.kind === 'ambiguous'
        ? match.agencies.includes(meant)
        : register.canMean(name, meant) || isLabelled(name, meant);
    return fits ? bound(meant) : bound(null, conflict);
  }
  return bound(null, said?.agency == null || mayBeOneBody(said.agency, name) ? null : conflict);
}

/** Is it a name of the body behind the label of a link or a file (附件: 某某区教育局), and not behind another's name? */
function isLabelled(printed: string, { name, aliases }: RegisteredAgency): boolean {
  const whole = foldPhrase(printed);
  return [name, ...aliases].map(foldPhrase).some((own) => {
    const label = own !== '' && whole.endsWith(own) ? whole.slice(0, -own.length) : '';
    return /\P{Script=Han}$/u.test(label) && !NAMES_SOMEBODY.test(label);
  });
}

const NAMES_SOMEBODY = /[省市区县州盟旗镇乡道府局厅委办院会处]\P{Script=Han}*$/u;

/** The report with what disagrees, and marked for review if anything does; the same when nothing changes by it. */
export function withConflict(report: Report, conflict: Conflict | null): Report {
  // Reading finds conflicts of other fields only.
  const conflicts = report.conflicts.filter((c) => c.field !== 'agency');
  if (conflict !== null) conflicts.push(conflict);
  if (JSON.stringify(conflicts) === JSON.stringify(report.conflicts)) return report;
  return { ...report, conflicts, needsReview: needsReview({ ...report, conflicts }) };
}

function bound(agency: RegisteredAgency | null, conflict: Conflict | null = null): Binding {
  return {
    agency: agency && { id: agency.id, regionCode: agency.divisionCode?.slice(0, 6) ?? null },
    conflict,
  };
}

const SAID_IN_WORDS = { person: '补录时填写', configured: '门户配置', meta: '网页标注' } as const;

function conflictOf(
  name: string,
  { agencyFrom, title }: Printed,
  said: Said,
  meant: RegisteredAgency | undefined,
): Conflict {
  return {
    field: 'agency',
    values: [
      { value: name, from: agencyFrom, text: title ?? name },
      {
        value: meant?.name ?? said.agency ?? said.agencyId ?? '',
        from: said.by,
        text: SAID_IN_WORDS[said.by],
      },
    ],
  };
}
