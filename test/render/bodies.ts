/** Invented public bodies. 某 and the cycle of sixty in the names say that no such place exists. */
export interface Body {
  /** As a title prints it: 某甲子区教育局. */
  readonly name: string;
  /** 某甲子区 or 某甲子市某乙丑县. */
  readonly district: string;
  readonly kind: 'government' | 'department' | 'township';
  /** Its place in the district, from 0; stable over the years. */
  readonly index: number;
}

const STEMS = [...'甲乙丙丁戊己庚辛壬癸'];
const BRANCHES = [...'子丑寅卯辰巳午未申酉戌亥'];

/** 甲子, 乙丑 … 癸亥, then again from the start. */
export function sexagenary(index: number): string {
  return `${STEMS[index % 10]}${BRANCHES[index % 12]}`;
}

const DEPARTMENTS = [
  '发展和改革局',
  '教育局',
  '科学技术局',
  '工业和信息化局',
  '民政局',
  '司法局',
  '财政局',
  '人力资源和社会保障局',
  '住房和城乡建设局',
  '交通运输局',
  '农业农村局',
  '水利局',
  '商务局',
  '文化和旅游局',
  '卫生健康局',
  '退役军人事务局',
  '应急管理局',
  '审计局',
  '市场监督管理局',
  '统计局',
  '医疗保障局',
  '城市管理局',
  '信访局',
  '林业局',
  '体育局',
  '数据局',
  '国防动员办公室',
  '机关事务管理局',
  '行政审批服务局',
  '综合行政执法局',
] as const;

const TOWNSHIPS = ['街道办事处', '镇人民政府', '乡人民政府'] as const;

/** Bodies of a district: its government, its departments, then townships without end. */
export function bodyOf(district: string, index: number): Body {
  if (index === 0) return { name: `${district}人民政府`, district, kind: 'government', index };
  const department = DEPARTMENTS[index - 1];
  if (department) return { name: `${district}${department}`, district, kind: 'department', index };
  const at = index - 1 - DEPARTMENTS.length;
  const form = TOWNSHIPS[at % TOWNSHIPS.length]!;
  const round = Math.floor(at / 60);
  return {
    name: `${district}${round > 0 ? '新' : ''}${sexagenary(at)}${form}`,
    district,
    kind: 'township',
    index,
  };
}

/** Districts without end: 某甲子区 … 某癸亥市, then those of invented cities. */
export function districtName(index: number): string {
  const kind = ['区', '县'][Math.floor(index / 60) % 2]!;
  const city = Math.floor(index / 120);
  const own = `某${sexagenary(index)}${kind}`;
  return city === 0 ? own : `某${sexagenary(city - 1)}市${own}`;
}
