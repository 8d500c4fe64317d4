import { createTheme, type CSSVariablesResolver, type MantineColorsTuple, type MantineThemeOverride } from '@mantine/core'

const leaf: MantineColorsTuple = ['#eef8f2', '#dcefe4', '#b6dfc8', '#8ecfaa', '#6cc190', '#55b87f', '#3f9d69', '#33825a', '#2b6b4f', '#1c4d38']

const theme = createTheme({
  primaryColor: 'leaf',
  primaryShade: 8,
  colors: { leaf },
  defaultRadius: 'md',
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif',
  headings: { fontWeight: '650', sizes: { h1: { fontSize: '1.6rem' }, h2: { fontSize: '1.15rem' }, h3: { fontSize: '1rem' } } },
  cursorType: 'pointer',
  autoContrast: true,
  components: {
    Anchor: { defaultProps: { underline: 'always' } },
    // What it is about stays readable on its tint, in both schemes.
    Alert: { styles: { title: { color: 'var(--mantine-color-text)' } } },
    Card: { defaultProps: { withBorder: true, padding: 'md' } },
    Table: { defaultProps: { verticalSpacing: 'sm', highlightOnHover: true } },
    Modal: { defaultProps: { centered: true } },
  },
})

/** Numbers are typed as they are read: with a comma where that is what divides them. */
export const themeWith = (decimalSeparator: string): MantineThemeOverride => ({ ...theme, components: { ...theme.components, NumberInput: { defaultProps: { decimalSeparator } } } })

/** Quiet text that can still be read: at least 4.5 to 1 on every ground it stands on (WCAG 1.4.3). */
export const readable: CSSVariablesResolver = () => ({
  variables: {},
  light: { '--mantine-color-dimmed': '#495057', '--mantine-color-placeholder': '#6b747c', '--mantine-color-error': '#b32020', '--mantine-color-leaf-light-color': '#1c4d38' },
  dark: { '--mantine-color-dimmed': '#b4bac0', '--mantine-color-placeholder': '#9aa1a8', '--mantine-color-error': '#ff8787', '--mantine-color-leaf-light-color': '#b6dfc8' },
})
