import type { Optimization } from '../../api/types'
import { t } from '../../language/language'
import { percent } from '../../language/write'

/** How much better any plan could be, by what was proved. */
export function sayGap({ openPoints, openBound, gap }: NonNullable<Optimization['standing']>, proven: boolean): string {
  if (proven) return t('No plan is better')
  if (openPoints > openBound) return t('Perhaps fewer places could stay open')
  return gap < 0.0005 ? t('No plan is noticeably better') : t('No plan could be more than {{share}} better', { share: percent(gap, 1) })
}
