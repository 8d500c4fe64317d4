import { Radio, Stack } from '@mantine/core'
import type { EditScope } from '../api/types'
import { t } from '../language/language'

const labels = (): Record<EditScope, string> => ({ this: t('Only this one'), this_and_following: t('This one and all that follow'), all: t('All of them') })
const SCOPES: EditScope[] = ['this', 'this_and_following', 'all']

/** How much of something that recurs is meant. */
export function Scope({ value, change, label }: { value: EditScope; change: (scope: EditScope) => void; label: string }) {
  return (
    <Radio.Group label={label} value={value} onChange={(next) => change(next as EditScope)}>
      <Stack gap={6} mt={6}>{SCOPES.map((scope) => <Radio key={scope} value={scope} label={labels()[scope]} />)}</Stack>
    </Radio.Group>
  )
}
