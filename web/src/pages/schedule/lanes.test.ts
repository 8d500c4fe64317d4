import { describe, expect, it } from 'vitest'
import type { ScheduleEventData } from '@mantine/schedule'
import { heights, inLanes, inLines } from './lanes'

const block = (start: string, end: string): ScheduleEventData => ({ id: start, title: start, color: 'gray', resourceId: 'dock', start: `2026-11-27 ${start}:00`, end: `2026-11-27 ${end}:00` })
const drawn = (view: 'day' | 'week', ...blocks: ScheduleEventData[]) => inLanes(blocks, view).map((one) => [String(one.start).slice(11, 16), String(one.end).slice(11, 16), one.payload?.['lane']])

describe('the blocks of a row', () => {
  it('are no narrower than an hour in a day, and never drawn over another', () => {
    expect(drawn('day', block('09:00', '09:15'), block('09:30', '11:00'), block('10:00', '12:00'))).toEqual([['09:00', '10:00', 0], ['09:30', '11:00', 1], ['10:00', '12:00', 0]])
    expect(drawn('day', block('23:40', '23:59'))).toEqual([['22:59', '23:59', 0]])
  })

  it('are cards of their days in a week, below each other in the order of their times', () => {
    expect(inLanes([block('14:00', '15:00'), block('09:00', '10:00')], 'week').map(({ id, payload }) => [id, payload?.['lane']])).toEqual([['09:00', 0], ['14:00', 1]])
    expect(drawn('week', block('14:00', '15:00'))).toEqual([['00:00', '23:59', 0]])
  })

  it('have what lies behind them named in a line of its own on each of its days', () => {
    const leave = { ...block('00:00', '00:00'), id: 'leave', end: '2026-11-29 00:00:00' }
    const next = { ...block('09:00', '12:00'), id: 'next', start: '2026-11-29 09:00:00', end: '2026-11-29 12:00:00' }
    expect(inLines([next, block('08:00', '10:00'), leave]).map(({ id, payload }) => [id, payload?.['line']])).toEqual([['leave', 0], ['08:00', 1], ['next', 0]])
  })

  it('make the row as high as it has lanes', () => {
    const one = heights(inLanes([block('09:00', '10:00')], 'week')).get('dock') ?? ''
    const two = heights(inLanes([block('09:00', '10:00'), block('14:00', '15:00')], 'week')).get('dock') ?? ''
    expect(Number.parseFloat(two)).toBeGreaterThan(Number.parseFloat(one) * 1.5)
  })
})
