import { expect, it } from 'vitest'
import { csv } from './csv'

it('keeps a formula text, a quote whole and a number a number', () => {
  expect(csv([['=1+1', '@x', 'a "b", c'], [-3, null, 'plain']])).toBe(`'=1+1,'@x,"a ""b"", c"\r\n-3,,plain\r\n`)
})
