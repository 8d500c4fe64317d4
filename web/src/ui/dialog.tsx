import { Modal } from '@mantine/core'
import type { ReactNode } from 'react'
import { t } from '../language/language'
import { useFocusBack } from './focus'

interface Props { title: string; close: () => void; size?: 'lg' | 'xl'; children: ReactNode }

/** Something asked before the page; whoever closes it is where they were. */
export function Dialog({ title, close, size, children }: Props) {
  useFocusBack()
  return <Modal opened onClose={close} title={title} {...(size ? { size } : {})} closeButtonProps={{ 'aria-label': t('Close') }}>{children}</Modal>
}
