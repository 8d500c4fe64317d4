import { ActionIcon, Button, Grid, Group, MultiSelect, NumberInput, Select, Stack, Text, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { IconPlus, IconTrash } from '@tabler/icons-react'
import { useState } from 'react'
import { api, ifMatch } from '../../api/client'
import { everyLocation } from '../../api/queries'
import type { Staff } from '../../api/types'
import { useAccess } from '../../components/access'
import { t } from '../../language/language'
import { Dialog } from '../../ui/dialog'
import { Refusal } from '../../ui/problem'
import { tell } from '../../ui/tell'
import { options } from '../../ui/words'

const LEVELS = ['beginner', 'intermediate', 'experienced', 'expert'] as const

type Number = number | ''
const orNull = (value: Number) => (value === '' ? null : value)

export function EditProfile({ it, close }: { it: Staff; close: () => void }) {
  const [read] = useState(it)
  // Neither status nor pay is one's own to say.
  const own = useAccess().me.user.id === it.userId
  const queries = useQueryClient()
  const form = useForm({
    initialValues: {
      status: read.status as string, phone: read.phone ?? '', defaultHourlyRate: (read.defaultHourlyRate ?? '') as Number, maxTravelKm: (read.maxTravelKm ?? '') as Number,
      maxHoursPerDay: (read.maxHoursPerDay ?? '') as Number, maxHoursPerWeek: (read.maxHoursPerWeek ?? '') as Number, minRestHours: (read.minRestHours ?? '') as Number,
      blocked: read.blockedLocations, latitude: (read.home?.latitude ?? '') as Number, longitude: (read.home?.longitude ?? '') as Number,
      skills: read.skills.map(({ name, level, certification }) => ({ name, level: level as string, issuer: certification?.issuer ?? '', issuedOn: certification?.issuedOn ?? '', expiresOn: certification?.expiresOn ?? '' })),
    },
    validate: {
      latitude: (value, { longitude }) => ((value === '') === (longitude === '') ? null : t('Both or none')),
      skills: {
        name: (text) => (text.trim() ? null : t('Needed')),
        expiresOn: (text, values, path) => {
          const skill = values.skills[Number(path.split('.')[1])]
          return skill?.issuer && (!text || !skill.issuedOn) ? t('From when until when?') : null
        },
      },
    },
  })
  const save = useMutation({
    mutationFn: (values: typeof form.values) =>
      api.PUT('/api/staff/{id}', {
        params: { path: { id: read.userId }, header: ifMatch(read) },
        body: {
          organizationId: read.organizationId, status: values.status as Staff['status'], phone: values.phone.trim() || null, defaultHourlyRate: orNull(values.defaultHourlyRate), maxTravelKm: orNull(values.maxTravelKm),
          maxHoursPerDay: orNull(values.maxHoursPerDay), maxHoursPerWeek: orNull(values.maxHoursPerWeek), minRestHours: orNull(values.minRestHours), blockedLocations: values.blocked, home: values.latitude === '' || values.longitude === '' ? null : { latitude: values.latitude, longitude: values.longitude },
          skills: values.skills.map(({ name, level, issuer, issuedOn, expiresOn }) => ({ name: name.trim(), level: level as 'expert', certification: issuer.trim() ? { issuer: issuer.trim(), issuedOn, expiresOn } : null })),
        },
      }),
    meta: { shown: true },
    onSuccess: () => {
      tell(t('Saved'))
      close()
    },
    onSettled: () => queries.invalidateQueries({ queryKey: ['staff'] }),
  })
  const places = useQuery(everyLocation({}))
  const number = (name: 'defaultHourlyRate' | 'maxTravelKm' | 'maxHoursPerDay' | 'maxHoursPerWeek' | 'minRestHours' | 'latitude' | 'longitude', min = 0) => ({ ...form.getInputProps(name), min, hideControls: true, placeholder: t('None'), onChange: (value: string | number) => form.setFieldValue(name, typeof value === 'number' ? value : '') })
  return (
    <Dialog close={close} size="xl" title={t('Edit {{name}}', { name: read.displayName })}>
      <form onSubmit={form.onSubmit((values) => save.mutate(values))}>
        <Stack>
          <Refusal error={save.error} />
          <Grid>
            <Grid.Col span={{ base: 12, sm: 6 }}><Select label={t('Status')} disabled={own} allowDeselect={false} data={options(['pending', 'active', 'inactive', 'suspended'])} {...form.getInputProps('status')} /></Grid.Col>
            <Grid.Col span={{ base: 12, sm: 6 }}><TextInput label={t('Telephone')} {...form.getInputProps('phone')} /></Grid.Col>
            <Grid.Col span={{ base: 6, sm: 4 }}><NumberInput label={t('Hourly rate')} disabled={own} decimalScale={2} {...number('defaultHourlyRate')} /></Grid.Col>
            <Grid.Col span={{ base: 6, sm: 4 }}><NumberInput label={t('Travel (km)')} {...number('maxTravelKm')} /></Grid.Col>
            <Grid.Col span={{ base: 6, sm: 4 }}><NumberInput label={t('Rest (hours)')} {...number('minRestHours')} /></Grid.Col>
            <Grid.Col span={{ base: 6, sm: 4 }}><NumberInput label={t('Hours a day')} {...number('maxHoursPerDay')} /></Grid.Col>
            <Grid.Col span={{ base: 6, sm: 4 }}><NumberInput label={t('Hours a week')} {...number('maxHoursPerWeek')} /></Grid.Col>
            <Grid.Col span={{ base: 6, sm: 6 }}><NumberInput label={t('Home, latitude')} decimalScale={6} max={90} {...number('latitude', -90)} /></Grid.Col>
            <Grid.Col span={{ base: 6, sm: 6 }}><NumberInput label={t('Home, longitude')} decimalScale={6} max={180} {...number('longitude', -180)} /></Grid.Col>
            <Grid.Col span={12}><MultiSelect label={t('Does not work at')} placeholder={form.values.blocked.length ? '' : t('Works everywhere')} searchable data={(places.data ?? []).map(({ id, name, address }) => ({ value: id, label: `${name}, ${address.city}` }))} {...form.getInputProps('blocked')} /></Grid.Col>
          </Grid>
          <Text fw={600}>{t('Skills')}</Text>
          {form.values.skills.map((_, index) => (
            <Group key={index} align="end" gap="xs">
              <TextInput label={t('Skill')} flex="2 1 130px" {...form.getInputProps(`skills.${index}.name`)} />
              <Select label={t('Level')} allowDeselect={false} data={options(LEVELS)} w={140} {...form.getInputProps(`skills.${index}.level`)} />
              <TextInput label={t('Certified by')} placeholder={t('Not certified')} flex="2 1 130px" {...form.getInputProps(`skills.${index}.issuer`)} />
              <TextInput label={t('From')} type="date" {...form.getInputProps(`skills.${index}.issuedOn`)} />
              <TextInput label={t('Until')} type="date" {...form.getInputProps(`skills.${index}.expiresOn`)} />
              <ActionIcon variant="subtle" color="gray" size="lg" aria-label={t('Remove skill {{number}}', { number: index + 1 })} onClick={() => form.removeListItem('skills', index)}><IconTrash size={18} /></ActionIcon>
            </Group>
          ))}
          <Group justify="space-between">
            <Button variant="light" leftSection={<IconPlus size={16} aria-hidden />} onClick={() => form.insertListItem('skills', { name: '', level: 'intermediate', issuer: '', issuedOn: '', expiresOn: '' })}>{t('Another skill')}</Button>
            <Button type="submit" loading={save.isPending}>{t('Save')}</Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  )
}
