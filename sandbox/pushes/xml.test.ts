import { describe, expect, it } from 'vitest'
import { readXml } from './read-xml.ts'
import { writeJson, writeXml } from './xml.ts'

describe('a push', () => {
  it('has texts in CDATA, bare numbers, nested and repeated elements, as the official samples have them', () => {
    const xml = writeXml({
      ToUserName: 'toUser',
      CreateTime: 1403610513,
      ChangeType: { bare: 'create_user' },
      MemChangeCnt: { cdata: 2 },
      MemChangeList: { Item: ['zhangsan', 'lisi'] },
      ExtAttr: { Item: [{ Name: '爱好', Type: 0, Text: { Value: '旅游' } }] },
      State: undefined,
    })
    expect(xml).toBe(
      '<xml><ToUserName><![CDATA[toUser]]></ToUserName><CreateTime>1403610513</CreateTime><ChangeType>create_user</ChangeType>' +
        '<MemChangeCnt><![CDATA[2]]></MemChangeCnt><MemChangeList><Item><![CDATA[zhangsan]]></Item><Item><![CDATA[lisi]]></Item></MemChangeList>' +
        '<ExtAttr><Item><Name><![CDATA[爱好]]></Name><Type>0</Type><Text><Value><![CDATA[旅游]]></Value></Text></Item></ExtAttr></xml>',
    )
  })

  it('survives a text with the end mark of CDATA', () => {
    expect(readXml(writeXml({ Content: 'a]]>b<c' }))).toEqual({ Content: 'a]]>b<c' })
  })

  it('has numbers and lists in its JSON form', () => {
    expect(
      JSON.parse(
        writeJson({
          CreateTime: 5,
          List: { Item: ['a', 'b'] },
          Id: { bare: 'x' },
          None: undefined,
        }),
      ),
    ).toEqual({
      CreateTime: 5,
      List: { Item: ['a', 'b'] },
      Id: 'x',
    })
  })
})

describe('a passive reply', () => {
  it('is read with its white space dropped and repeated elements as a list', () => {
    const source = `<xml>
      <MsgType> <![CDATA[news]]></MsgType><ArticleCount>2</ArticleCount >
      <Articles><item><Title>a &amp; b</Title></item>
      <item><Title><![CDATA[c]]></Title></item></Articles>
    </xml>`
    expect(readXml(source)).toEqual({
      MsgType: 'news',
      ArticleCount: '2',
      Articles: { item: [{ Title: 'a & b' }, { Title: 'c' }] },
    })
  })

  it.each([
    ['<!DOCTYPE xml [<!ENTITY a "b">]><xml><a>&a;</a></xml>', /no plain element/],
    ['<xml><a>&b;</a></xml>', /entity/],
    ['<xml><a>1</b></xml>', /not closed/],
    ['<xml><a>1</a>', /not closed/],
    ['<xml><a><![CDATA[1</a></xml>', /CDATA/],
    ['<xml a="1"></xml>', /no plain element/],
    ['<html></html>', /not <xml>/],
    ['<xml></xml>more', /after/],
    ['success!', /no plain element/],
    [`<xml>${'<a>'.repeat(30)}${'</a>'.repeat(30)}</xml>`, /deeply/],
  ])('is refused when it is %s', (source, reason) => {
    expect(() => readXml(source)).toThrow(reason)
  })
})
