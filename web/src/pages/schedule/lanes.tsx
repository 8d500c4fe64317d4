// Rows whose blocks can be read, however short they are and however many: none is drawn over another.
import { Box, UnstyledButton, type BoxProps } from '@mantine/core'
import type { ResourcesWeekViewProps, ScheduleEventData } from '@mantine/schedule'

const day = (text: string) => text.slice(0, 10)
const HOUR = 3_600_000

/** How high a lane is, in rem: two lines, and the gap between two lanes. */
const LANE = 2.75

/** The instant of a text of the calendar, on a clock without a zone. */
const at = (text: unknown) => Date.parse(`${String(text).replace(' ', 'T')}Z`)
const text = (instant: number) => new Date(instant).toISOString().slice(0, 19).replace('T', ' ')

/** Of a day: nothing is narrower than an hour, which is as wide as its words need. */
function wide(block: ScheduleEventData): ScheduleEventData {
  const end = Math.max(at(block.end), at(block.start) + HOUR)
  const midnight = at(`${day(String(block.start))} 23:59:00`)
  return end <= midnight || end === at(block.end) ? { ...block, end: text(end) } : { ...block, start: text(midnight - HOUR), end: text(midnight) }
}

/** Of a week: a block is a card over its whole day. To scale, two hours of a week would be too narrow for a word. */
const card = (block: ScheduleEventData): ScheduleEventData => ({ ...block, start: `${day(String(block.start))} 00:00:00`, end: `${day(String(block.start))} 23:59:00` })

/** The blocks of one row as they are drawn, each in the first lane that is free by then. */
export function inLanes(blocks: ScheduleEventData[], view: 'day' | 'week' | 'month'): ScheduleEventData[] {
  if (view === 'month') return blocks
  const free: number[] = []
  return blocks.toSorted((a, b) => at(a.start) - at(b.start)).map((block) => {
    const drawn = view === 'day' ? wide(block) : card(block)
    const found = free.findIndex((from) => from <= at(drawn.start))
    const lane = found < 0 ? free.length : found
    free[lane] = at(drawn.end)
    return { ...drawn, payload: { ...block.payload, lane } }
  })
}

/** The height of each row: as many lanes as it has, for those of more than one. */
export function heights(events: ScheduleEventData[]): Map<unknown, string> {
  const lanes = new Map<unknown, number>()
  for (const { resourceId, payload } of events) if (payload) lanes.set(resourceId, Math.max(lanes.get(resourceId) ?? 0, Number(payload['lane'] ?? 0) + 1))
  return new Map([...lanes].map(([row, count]) => [row, `${count * LANE + 0.75}rem`]))
}

/** A card of a week in its lane; what lies behind it stays as it is. */
export const renderCard: ResourcesWeekViewProps['renderEvent'] = (event, props) =>
  event.display === 'background'
    ? <Box {...(props as BoxProps)} />
    : <UnstyledButton {...props} style={{ ...props.style, position: 'absolute', insetInline: 0, top: `${Number(event.payload?.['lane']) * LANE + 0.125}rem`, height: `${LANE - 0.125}rem` }} />
