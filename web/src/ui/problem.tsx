import { Alert, Stack, Text } from '@mantine/core'
import { problemIn } from '../api/errors'

/** Why something that was asked for was refused, field by field. */
export function Refusal({ error }: { error: unknown }) {
  if (!error) return null
  const { title, detail, errors, problems } = problemIn(error)
  return (
    <Alert color="red" title={title} role="alert">
      <Stack gap={4}>
        {!errors?.length && <Text size="sm">{detail}</Text>}
        {errors?.map(({ field, message }) => <Text key={field + message} size="sm">{field}: {message}</Text>)}
        {problems?.flatMap(({ reasons }) => reasons).map(({ message }) => <Text key={message} size="sm">{message}</Text>)}
      </Stack>
    </Alert>
  )
}
