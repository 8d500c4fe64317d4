import { Alert, Button, Card, Code, FileInput, Group, List, Select, Stack, Table, Text, Title } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { IconFileText } from '@tabler/icons-react'
import { useState } from 'react'
import { api, body } from '../../api/client'
import { problemIn } from '../../api/errors'
import type { RowError } from '../../api/types'
import { useAccess } from '../../components/access'
import { t } from '../../language/language'
import { Header } from '../../ui/header'
import { Refusal } from '../../ui/problem'
import { Forbidden } from '../../ui/states'
import { tell } from '../../ui/tell'

/** What the server takes of a file at once; `rishi import` takes longer ones. */
const MOST_BYTES = 256 * 1024
/** More errors than these help nobody at once. */
const SHOWN = 100

interface Read { name: string; bytes: ArrayBuffer; key: string }

/** Bookings from a spreadsheet: what would become of each row is said first, then all come in as drafts, or none does. */
export function Import() {
  const { may, organization, organizations } = useAccess()
  const navigate = useNavigate()
  const queries = useQueryClient()
  const [chosen, choose] = useState<string>()
  const [file, setFile] = useState<Read>()
  const mine = organizations.filter(({ id, status }) => status === 'active' && may('create_bookings', id))
  const target = mine.find(({ id }) => id === (chosen ?? organization?.id)) ?? mine[0]
  const send = async ({ bytes, key }: Read, dryRun: boolean) =>
    body(api.POST('/api/bookings/import', {
      params: { query: { organizationId: target?.id ?? '', dryRun }, header: { 'Idempotency-Key': dryRun ? crypto.randomUUID() : key } },
      // As they are: the server says what to do where they are no UTF-8.
      body: '', bodySerializer: () => bytes, headers: { 'Content-Type': 'text/csv' },
    }))
  const check = useMutation({ mutationFn: (it: Read) => send(it, true), meta: { shown: true } })
  const take = useMutation({
    mutationFn: (it: Read) => send(it, false),
    meta: { shown: true },
    onSuccess: async (done) => {
      await queries.invalidateQueries({ queryKey: ['booking'] })
      tell(t('{{count}} bookings made, as drafts', { count: done.rows, defaultValue_one: 'Booking made, as a draft' }))
      await navigate({ to: '/bookings', search: { status: 'draft', sort: '-createdAt' } })
    },
  })
  const read = useMutation({
    mutationFn: async (it: File) => {
      if (it.size > MOST_BYTES) throw new Error(t('The file has {{size}} KiB; up to {{most}} KiB are taken here. Divide it, or ask whoever runs the platform: the command "rishi import" takes longer ones.', { size: Math.ceil(it.size / 1024), most: MOST_BYTES / 1024 }))
      return { name: it.name, bytes: await it.arrayBuffer(), key: crypto.randomUUID() }
    },
    meta: { shown: true },
    onSuccess: (it) => {
      setFile(it)
      check.mutate(it)
    },
  })
  const begin = (it: File | null) => {
    setFile(undefined)
    check.reset()
    take.reset()
    if (it) read.mutate(it)
  }
  if (!target) return <Forbidden />
  const report = check.data
  const refused = take.error ? (problemIn(take.error).rowErrors ?? []) : []
  return (
    <>
      <Header title={t('Import bookings')} sub={t('For {{name}}', { name: target.name })}>
        {mine.length > 1 && <Select aria-label={t('Organization of the bookings')} w={280} searchable allowDeselect={false} data={mine.map(({ id, name }) => ({ value: id, label: name }))} value={target.id} onChange={(id) => { choose(id ?? undefined); begin(null) }} />}
      </Header>
      <Stack maw={900}>
        <Card>
          <Stack>
            <FileInput label={t('File')} description={t('CSV with commas, in UTF-8; at most 500 rows')} placeholder={t('Choose a file')} accept=".csv,text/csv" clearable clearButtonProps={{ 'aria-label': t('No file') }} leftSection={<IconFileText size={18} aria-hidden />} onChange={begin} key={target.id} />
            <Text size="sm" c="dimmed">{t('The first row names the columns. Needed:')} <Code>title</Code>, <Code>scheduledStart</Code>, <Code>scheduledEnd</Code> (<Code>2027-06-01T16:00:00Z</Code>). {t('If you like:')} <Code>description</Code>, <Code>locationId</Code>, <Code>timezone</Code>, <Code>operationType</Code>, <Code>priority</Code>, <Code>budget</Code>, <Code>notes</Code>. {t('A file that was exported here comes in again as new drafts.')}</Text>
          </Stack>
        </Card>
        <Refusal error={read.error ?? check.error} />
        {take.error !== null && refused.length === 0 && <Refusal error={take.error} />}
        {file && report && (report.errors.length > 0 || refused.length > 0
          ? <Wrong rows={report.rows} errors={refused.length ? refused : report.errors} name={file.name} />
          : (
            <Card>
              <Title order={2} mb="xs">{report.rows === 0 ? t('The file has no rows') : t('{{count}} rows of {{name}} can come in', { count: report.rows, name: file.name, defaultValue_one: '{{count}} row of {{name}} can come in' })}</Title>
              <Text size="sm" c="dimmed" mb="md">{t('Nothing has been changed yet. Each row becomes a draft that can be submitted for approval.')}</Text>
              <Group>
                <Button disabled={report.rows === 0} loading={take.isPending} onClick={() => take.mutate(file)}>{t('Import {{count}} bookings', { count: report.rows, defaultValue_one: 'Import {{count}} booking' })}</Button>
                <Button renderRoot={(props) => <Link to="/bookings" {...props} />} variant="default">{t('Back')}</Button>
              </Group>
            </Card>
          ))}
        {(check.isPending || read.isPending) && <Text role="status" c="dimmed">{t('Looking at the rows …')}</Text>}
      </Stack>
    </>
  )
}

/** What is wrong, row by row, as a spreadsheet counts them. */
function Wrong({ rows, errors, name }: { rows: number; errors: RowError[]; name: string }) {
  return (
    <>
      <Alert color="red" title={t('{{name}} cannot come in like this', { name })} role="alert">
        <List size="sm">
          <List.Item>{t('{{count}} mistakes, in {{wrong}} of {{rows}} rows. Nothing has been changed.', { count: errors.length, wrong: new Set(errors.map(({ row }) => row)).size, rows, defaultValue_one: '{{count}} mistake, in {{wrong}} of {{rows}} rows. Nothing has been changed.' })}</List.Item>
          <List.Item>{t('Correct the file and choose it again. The row of the column names is row 1.')}</List.Item>
        </List>
      </Alert>
      <Card p={0} className="table-box" tabIndex={0}>
        <Table>
          <Table.Thead><Table.Tr><Table.Th ta="right">{t('Row')}</Table.Th><Table.Th>{t('Column')}</Table.Th><Table.Th>{t('What is wrong')}</Table.Th></Table.Tr></Table.Thead>
          <Table.Tbody>
            {errors.slice(0, SHOWN).map(({ row, column, code, message }) => (
              <Table.Tr key={`${row} ${column} ${code} ${message}`}><Table.Td ta="right" className="numbers">{row}</Table.Td><Table.Td>{column || t('The whole row')}</Table.Td><Table.Td>{message}</Table.Td></Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Card>
      {errors.length > SHOWN && <Text size="sm" c="dimmed">{t('And {{count}} more mistakes: they are shown as the first ones are corrected.', { count: errors.length - SHOWN, defaultValue_one: 'And {{count}} more mistake: it is shown as the first ones are corrected.' })}</Text>}
    </>
  )
}
