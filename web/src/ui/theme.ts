import { createTheme, type MantineColorsTuple } from '@mantine/core'

const leaf: MantineColorsTuple = ['#eef8f2', '#dcefe4', '#b6dfc8', '#8ecfaa', '#6cc190', '#55b87f', '#3f9d69', '#33825a', '#2b6b4f', '#1c4d38']

export const theme = createTheme({
  primaryColor: 'leaf',
  primaryShade: { light: 8, dark: 6 },
  colors: { leaf },
  defaultRadius: 'md',
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif',
  headings: { fontWeight: '650', sizes: { h1: { fontSize: '1.6rem' }, h2: { fontSize: '1.15rem' }, h3: { fontSize: '1rem' } } },
  cursorType: 'pointer',
  autoContrast: true,
  components: {
    Card: { defaultProps: { withBorder: true, padding: 'md' } },
    Table: { defaultProps: { verticalSpacing: 'sm', highlightOnHover: true } },
    Modal: { defaultProps: { centered: true } },
  },
})
