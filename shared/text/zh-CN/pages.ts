/** 登录失败时浏览器里看到的页面。 */
export const signInFailed = {
  language: 'zh-CN',
  title: '登录没有成功',
  again: '重新登录',
  forAdministrator: '给管理员',
  code: '错误代码',
  platformSaid: '平台返回',
  request: '请求编号',
}
