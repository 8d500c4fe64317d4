import type { ScheduleEventData } from '@mantine/schedule'

/** What stands on a block: what, and where there is room, when and where or who; all of it is told to a pointer that rests on it. */
export function face(event: ScheduleEventData) {
  const { times, beside } = (event.payload ?? {}) as { times?: string; beside?: string }
  const rest = [times, beside].filter(Boolean).join(' · ')
  return (
    <span className="block-face" title={[event.title, rest].filter(Boolean).join('\n')}>
      {event.title}
      {rest && <span className="block-rest">{rest}</span>}
    </span>
  )
}
