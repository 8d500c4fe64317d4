import { Container } from '@mantine/core'
import { Failed } from '../ui/states'

/** A page that broke, or a new version whose files are no longer those that this page knows. */
export function Crash({ error }: { error: unknown }) {
  return <Container py="xl"><Failed error={error} again={() => location.reload()} /></Container>
}
