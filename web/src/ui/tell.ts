// What happened, said in a corner.
import { notifications } from '@mantine/notifications'
import { problemIn } from '../api/errors'

export const tell = (message: string) => notifications.show({ message, color: 'leaf' })

export function tellFailure(error: unknown) {
  const problem = problemIn(error)
  const fields = problem.errors?.map((entry) => `${entry.field}: ${entry.message}`).join('\n')
  notifications.show({ title: problem.title, message: fields || problem.detail, color: 'red', autoClose: 10_000 })
}
