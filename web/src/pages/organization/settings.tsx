import { Alert, Button, Card, Checkbox, Group, NumberInput, Select, Stack, TagsInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { api, body } from '../../api/client'
import { problemIn } from '../../api/errors'
import type { Organization, Settings } from '../../api/types'
import { t } from '../../language/language'
import { tell } from '../../ui/tell'

type Number = number | ''
const orNull = (value: Number) => (value === '' ? null : value)

export function SettingsForm({ organization }: { organization: Organization }) {
  const queries = useQueryClient()
  const now = organization.settings
  const form = useForm({
    initialValues: {
      defaultHourlyRate: (now.defaultHourlyRate ?? '') as Number, unknownAvailability: (now.unknownAvailability ?? 'warn') as string, autoAssign: now.autoAssign ?? false,
      autoAssignMaxHeadcount: (now.autoAssignMaxHeadcount ?? 5) as Number, autoConfirm: (now.autoConfirm ?? 'when_assigned') as string, submitterMayApprove: now.submitterMayApprove ?? false,
      minRestHours: (now.minRestHours ?? '') as Number, maxHoursPerDay: (now.maxHoursPerDay ?? '') as Number, maxHoursPerWeek: (now.maxHoursPerWeek ?? '') as Number,
      reminderHoursBefore: (now.reminderHoursBefore ?? [24, 2]).map(String), noShowGraceMinutes: (now.noShowGraceMinutes ?? 15) as Number,
    },
    validate: { reminderHoursBefore: (list) => (list.every((text) => /^\d+$/.test(text)) ? null : t('Whole hours')) },
  })
  const save = useMutation({
    mutationFn: (values: typeof form.values) => {
      const after: Settings = {
        ...(values as unknown as Settings), defaultHourlyRate: orNull(values.defaultHourlyRate), minRestHours: orNull(values.minRestHours), maxHoursPerDay: orNull(values.maxHoursPerDay),
        maxHoursPerWeek: orNull(values.maxHoursPerWeek), reminderHoursBefore: values.reminderHoursBefore.map(Number),
      }
      return body(api.PATCH('/api/organizations/{id}/settings', { params: { path: { id: organization.id }, header: { 'If-Match': `"${organization.version}"` } }, body: after }))
    },
    meta: { shown: true },
    onSuccess: () => tell(t('Saved')),
    onSettled: () => queries.invalidateQueries({ queryKey: ['organization'] }),
  })
  const problem = save.error && problemIn(save.error)
  const number = (name: 'defaultHourlyRate' | 'autoAssignMaxHeadcount' | 'minRestHours' | 'maxHoursPerDay' | 'maxHoursPerWeek' | 'noShowGraceMinutes') => ({ ...form.getInputProps(name), onChange: (value: string | number) => form.setFieldValue(name, typeof value === 'number' ? value : '') })
  return (
    <form onSubmit={form.onSubmit((values) => save.mutate(values))}>
      <Card maw={640}>
        <Stack>
          {problem && <Alert color="red" title={problem.title}>{problem.errors?.map(({ field, message }) => `${field}: ${message}`).join('; ') || problem.detail}</Alert>}
          <NumberInput label={t('Hourly rate where a person has none ({{currency}})', { currency: organization.currency })} min={0} decimalScale={2} {...number('defaultHourlyRate')} />
          <Select label={t('Staff who have not said when they can work')} allowDeselect={false} data={[{ value: 'allow', label: t('May be assigned') }, { value: 'warn', label: t('May be assigned with a reason') }, { value: 'refuse', label: t('May not be assigned') }]} {...form.getInputProps('unknownAvailability')} />
          <Checkbox label={t('Assign the best people as soon as a booking is approved')} {...form.getInputProps('autoAssign', { type: 'checkbox' })} />
          <NumberInput label={t('… up to this many people')} min={1} {...number('autoAssignMaxHeadcount')} />
          <Select label={t('A booking is confirmed')} allowDeselect={false} data={[{ value: 'when_assigned', label: t('when everybody is assigned') }, { value: 'when_staff_confirmed', label: t('when everybody has said yes') }]} {...form.getInputProps('autoConfirm')} />
          <Checkbox label={t('Who submits a booking may also approve it')} {...form.getInputProps('submitterMayApprove', { type: 'checkbox' })} />
          <Group grow>
            <NumberInput label={t('Rest (hours)')} placeholder={t('No rule')} min={0} {...number('minRestHours')} />
            <NumberInput label={t('Hours a day')} placeholder={t('No limit')} min={1} {...number('maxHoursPerDay')} />
            <NumberInput label={t('Hours a week')} placeholder={t('No limit')} min={1} {...number('maxHoursPerWeek')} />
          </Group>
          <TagsInput label={t('Reminders, hours before the start')} {...form.getInputProps('reminderHoursBefore')} />
          <NumberInput label={t('Minutes after the start until somebody counts as not come')} min={0} {...number('noShowGraceMinutes')} />
          <Group justify="flex-end"><Button type="submit" loading={save.isPending}>{t('Save')}</Button></Group>
        </Stack>
      </Card>
    </form>
  )
}
