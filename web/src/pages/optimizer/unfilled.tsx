import { Card, Group, Stack, Text, Title } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import type { Optimization } from '../../api/types'
import { t } from '../../language/language'
import { number } from '../../language/write'
import { sayBoth } from '../../time/say'
import { inWords } from '../../ui/words'

/** What speaks against so many people. */
function against(code: string, count: number): string {
  switch (code) {
    case 'skill_missing': return t('{{count}} lack the skill', { count, defaultValue_one: '{{count}} lacks the skill' })
    case 'certification_expired': return t('{{count}} lack a valid certification', { count, defaultValue_one: '{{count}} lacks a valid certification' })
    case 'availability_unknown': return t('{{count}} have not said that they can', { count, defaultValue_one: '{{count}} has not said that they can' })
    case 'unavailable': return t('{{count}} cannot then', { count, defaultValue_one: '{{count}} cannot then' })
    case 'double_booked': return t('{{count}} are on another booking', { count, defaultValue_one: '{{count}} is on another booking' })
    case 'rest_too_short': return t('{{count}} would rest too little', { count, defaultValue_one: '{{count}} would rest too little' })
    case 'hours_exceeded': return t('{{count}} would work too much', { count, defaultValue_one: '{{count}} would work too much' })
    case 'too_far': return t('{{count}} live too far away', { count, defaultValue_one: '{{count}} lives too far away' })
    case 'blocked_location': return t('{{count}} do not work there', { count, defaultValue_one: '{{count}} does not work there' })
    case 'level_too_low': return t('{{count}} are not experienced enough', { count, defaultValue_one: '{{count}} is not experienced enough' })
    case 'already_assigned': return t('{{count}} are on it already', { count, defaultValue_one: '{{count}} is on it already' })
    case 'not_eligible': return t('{{count}} may not work for this organization', { count, defaultValue_one: '{{count}} may not work for this organization' })
    default: return `${number(count)} ${inWords(code)}`
  }
}

/** What stays open, and why: how many people each reason speaks against, and who comes nearest. */
export function Unfilled({ of, zone }: { of: NonNullable<Optimization['unfilled']>; zone: string }) {
  return (
    <Card>
      <Title order={2} mb="xs">{t('What stays open, and why')}</Title>
      <Stack gap={0}>
        {of.map((one) => (
          <Stack key={one.bookingId + one.role} gap={2} py={8} style={{ borderTop: '1px solid var(--mantine-color-default-border)' }}>
            <Group gap="xs"><Link className="row-link" to="/bookings/$id" params={{ id: one.bookingId }}>{one.title}</Link><Text size="sm">{one.places} × {inWords(one.role)}, {sayBoth(one.scheduledStart, zone)}</Text></Group>
            <Text size="sm" c="dimmed">{Object.entries(one.reasons).sort(([, a], [, b]) => b - a).map(([code, count]) => against(code, count)).join(', ') || t('Nobody is there to ask.')}</Text>
            {one.uncoveredSkills.length > 0 && <Text size="sm" c="dimmed">{t('Nobody on it brings: {{skills}}', { skills: one.uncoveredSkills.join(', ') })}</Text>}
            {one.people.length > 0 && <Text size="sm" c="dimmed">{t('Nearest: {{people}}', { people: one.people.slice(0, 5).map(({ displayName, codes, planned }) => `${displayName} (${codes.map((code) => inWords(code)).join(', ')}${planned.length ? `, ${t('by this plan')}` : ''})`).join('; ') })}</Text>}
          </Stack>
        ))}
      </Stack>
    </Card>
  )
}
