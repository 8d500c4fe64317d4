import { Card, Switch, Title } from '@mantine/core'
import { setLetters, useLetters } from '../../components/shortcuts'
import { t } from '../../language/language'

export function Shortcuts() {
  return (
    <Card>
      <Title order={2} mb="xs">{t('Keyboard')}</Title>
      <Switch label={t('Single-letter shortcuts (? shows them)')} checked={useLetters()} onChange={({ currentTarget }) => setLetters(currentTarget.checked)} />
    </Card>
  )
}
