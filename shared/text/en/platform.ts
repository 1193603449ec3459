import type * as words from '../zh-CN/platform.ts'

/** One sentence that tells an operator the next step after an errcode of a platform. */
export const wecomFixes: typeof words.wecomFixes = {
  '-1': 'WeCom is busy. Try again in a moment.',
  '40001':
    'Open the app in the WeCom admin console and copy its Secret to WECOM_AGENT_SECRET again.',
  '40013': 'Compare WECOM_CORP_ID with the corp ID under "My Company" in the WeCom admin console.',
  '40014':
    'Try once more; if it persists, look for another program that renews the access token of the same app.',
  '40029': 'Open the page again to sign in: a code works once, within five minutes.',
  '40056': 'Compare WECOM_AGENT_ID with the AgentId on the page of the app.',
  '40091': 'WECOM_AGENT_SECRET belongs to another corp. Copy the Secret from the page of this app.',
  '40096': 'The contact may have been removed. Reload the list of contacts.',
  '42001': 'Try once more; if it persists, check the clock of the server.',
  '42003': 'The sign-in code has expired. Open the page again.',
  '42022': 'The sign-in code was used already. Open the page again.',
  '45009': 'The call limit of WeCom is reached. Wait until it is lifted.',
  '45033': 'Too many calls at once. Try again in a moment.',
  '48002':
    'Add this app under "Customer Contact → apps that may call the API" and grant it the customer information permission.',
  '48011':
    'WeCom finds this app little used and gives no customers of inactive members. Let members open it.',
  '50001':
    'Make the host of PUBLIC_URL, with its port, the trusted domain of the app ("Web authorization and JS-SDK").',
  '50002': 'Add the member to the visible range of the app.',
  '60011': 'Add the member or their department to the visible range of the app.',
  '60020': 'Add the public IP of the server to the trusted IPs of the app.',
  '60111': 'The member has left the address book, or is outside the visible range of the app.',
  '84061': 'The member and the contact are no longer connected.',
  '84074': 'Add the member under "Customer Contact → permissions → range of use".',
  '84084': 'The member does not follow the contact, or is outside the visible range of the app.',
  '301002': 'Check that WECOM_AGENT_ID and WECOM_AGENT_SECRET belong to the same app.',
  '610014': 'Check how the mini program is bound to its open-platform account.',
  '610015': 'The open-platform account of the mini program must be verified first.',
  '610016': 'The corp must be verified first.',
  '610017': 'The mini program and the corp must have the same legal subject.',
  '610018': 'The openid and the unionid must come from the same open-platform account.',
  '701008': 'Activate an interconnection licence for the member.',
}

export const wechatFixes: typeof words.wechatFixes = {
  '-1': 'WeChat is busy. Try again in a moment.',
  '40001':
    'Try once more; if it persists, compare the AppSecret with the one in the WeChat console.',
  '40013': 'Compare the AppID with the one in the WeChat console.',
  '40029': 'Open the page again to sign in: a code works once, within five minutes.',
  '40125':
    'Reset the AppSecret in the WeChat console and update MINIPROGRAM_APP_SECRET or OFFICIAL_ACCOUNT_APP_SECRET.',
  '40163': 'The sign-in code was used already. Open the page again.',
  '40164': 'Add the public IP of the server to the IP allow-list in the WeChat console.',
  '40226': 'WeChat considers this user a high risk and refuses the sign-in.',
  '40243': 'The AppSecret is frozen. Unfreeze it in the WeChat console.',
  '42001': 'Try once more; if it persists, check the clock of the server.',
  '45009': 'The call limit of WeChat is reached. Wait until it is lifted.',
  '45011': 'Too many calls. Try again in a minute.',
  '48001':
    'The official account may not use this API: web sign-in is for verified service accounts only.',
  '89503': 'An administrator must confirm the IP address of this call in WeChat.',
}

/** For errcodes that are not listed. */
export const otherFixes: typeof words.otherFixes = {
  wecom: (errcode) =>
    `See https://open.work.weixin.qq.com/devtool/query?e=${errcode} for what WeCom says about error ${errcode}.`,
  wechat: (errcode) => `Look error ${errcode} up in the documentation of WeChat.`,
}
