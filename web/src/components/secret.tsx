import { ActionIcon, Alert, Code, CopyButton, Group, Tooltip } from '@mantine/core'
import { IconCheck, IconCopy } from '@tabler/icons-react'
import { t } from '../language/language'

/** Something that is shown once: a link, a token, a secret. */
export function Secret({ title, text }: { title: string; text: string }) {
  return (
    <Alert color="leaf" title={title}>
      <Group wrap="nowrap" gap="xs">
        <Code style={{ overflowWrap: 'anywhere' }}>{text}</Code>
        <CopyButton value={text}>
          {({ copied, copy }) => <Tooltip label={copied ? t('Copied') : t('Copy')}><ActionIcon variant="subtle" onClick={copy} aria-label={t('Copy')}>{copied ? <IconCheck size={18} /> : <IconCopy size={18} />}</ActionIcon></Tooltip>}
        </CopyButton>
      </Group>
    </Alert>
  )
}
