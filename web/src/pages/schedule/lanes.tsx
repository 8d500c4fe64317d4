// Rows whose blocks can be read, however short they are and however many: none is drawn over another.
import { Box, UnstyledButton, type BoxProps } from '@mantine/core'
import type { ResourcesWeekViewProps, ScheduleEventData } from '@mantine/schedule'
import { sayLocalTimes } from '../../time/say'

/** How much of a week a day is, in per cent. */
const WEEKDAY = 100 / 7

const day = (text: string) => text.slice(0, 10)
const HOUR = 3_600_000

/** How high a lane is, in rem: two lines, and the gap between two lanes. */
const LANE = 2.75
/** And a line of words for what lies behind. */
const LINE = 1.1

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

/** What lies behind a row in a week, each with the line of its days in which it is named. */
export function inLines(behind: ScheduleEventData[]): ScheduleEventData[] {
  const taken: string[] = []
  return behind.toSorted((a, b) => at(a.start) - at(b.start)).map((one) => {
    const found = taken.findIndex((last) => last < day(String(one.start)))
    const line = found < 0 ? taken.length : found
    taken[line] = day(text(at(one.end) - 1))
    return { ...one, payload: { line } }
  })
}

/** The height of each row: as many lanes as it has, and lines below them. */
export function heights(events: ScheduleEventData[]): Map<unknown, string> {
  const most = new Map<unknown, { lanes: number; lines: number }>()
  for (const { resourceId, payload } of events) {
    const { lanes, lines } = most.get(resourceId) ?? { lanes: 0, lines: 0 }
    most.set(resourceId, { lanes: Math.max(lanes, Number(payload?.['lane'] ?? -1) + 1), lines: Math.max(lines, Number(payload?.['line'] ?? -1) + 1) })
  }
  return new Map([...most].map(([row, { lanes, lines }]) => [row, `${lanes * LANE + lines * LINE + 0.25}rem`]))
}

/** What it is, and when, unless it takes the whole day; full hours without their zeros where that is how people write them. */
const named = ({ title, start, end }: ScheduleEventData) => (day(text(at(end) - 1)) !== day(String(start)) || at(end) - at(start) >= 24 * HOUR ? title : `${title} ${sayLocalTimes(String(start), String(end)).replace(/:00(?=.*[ap]\.?\s?m)/gi, '')}`)

/** A card of a week in its lane. What lies behind is drawn to scale, and named across its day, below the cards. */
export const renderCard: ResourcesWeekViewProps['renderEvent'] = (event, props) =>
  event.display === 'background'
    ? <><Box {...({ ...props, children: null } as BoxProps)} /><span className="behind" style={{ left: `${Math.floor(Number.parseFloat(String(props.style?.left)) / WEEKDAY + 0.001) * WEEKDAY}%`, width: `${WEEKDAY}%`, bottom: `${Number(event.payload?.['line']) * LINE}rem` }}>{named(event)}</span></>
    : <UnstyledButton {...props} style={{ ...props.style, position: 'absolute', insetInline: 0, top: `${Number(event.payload?.['lane']) * LANE + 0.125}rem`, height: `${LANE - 0.125}rem` }} />
