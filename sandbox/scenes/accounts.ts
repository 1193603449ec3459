import type { Scene, Suite } from './scene.ts'
import { wechatOf } from './wechat.ts'

const miniprogram = {
  appid: 'wx5e1f8c27d90b643a',
  secret: '4f9b1c7e2d8a4356b0e9f1a27c63d5e8',
  name: '澜川服务',
  home: 'pages/home/index.html',
}

/** A template (代开发模板) of the provider. */
export const template = {
  id: 'dk3f8a61c9e2b7d054',
  secret: 'hV7kXq2RtB5wLm9YdN1sGc6uJfE3pTaZ8iWoKxQvM4y',
  kind: 'customized',
  name: '营销助手（代开发）',
} satisfies Suite

/** The same in every scene, so that a server keeps its credentials when the scene changes. */
export const accounts = {
  corp: { id: 'ww7c1d4e0fa2b95836', name: '上海澜川压缩机有限公司' },
  apps: [
    {
      agentId: '1000002',
      name: '营销助手',
      mode: 'own',
      secret: 'q8Rk2mVxT5wLz0YdN3sHb7uJcE1fPaG6iXoKtQvW9yA',
      suiteId: null,
      home: '/sidebar/',
      callbackToken: 'nT4bQx9LkV2sRw7e',
      callbackAesKey: 'vK3xQ8mZt1LpR6wYcN0aHs5uJdE9fBgT2iXoVkMqW7y',
    },
  ],
  contactSyncSecret: 'mB6yTn2WqK8xLs4VdRc1Jf7GhZp0EuXaNw9oQtIvYk3',
  provider: {
    corpId: 'ww51f0b3d86ec7a924',
    secret: 'Zt6pXw3LqB9vRk1YmN8sHd4uJcE7fTaG2iVoKxQbW5yM0rUgPzL',
    name: '云桥软件服务商',
    suites: [
      template,
      {
        id: 'ww6d94e1f7a2c83b05',
        secret: 'cR4nXw8LkB1vTq6YmD3sHg9uJpE5fZaV7iGoKtQxN2y',
        kind: 'thirdparty',
        name: '营销助手（第三方）',
      },
    ],
  },
  miniprogram,
  officialAccount: {
    appid: 'wx90c3a7f1be2d5486',
    secret: '8c2d6e1f4a7b49d3a5e0b8f7c1d2e396',
    name: '澜川压缩机',
  },
  wechat: wechatOf(miniprogram),
  components: [
    {
      appid: 'wx3a7c0d94e6f1b825',
      secret: '5d0e9b3c7f1a48269c4e8d2b6a7f03e1',
      name: '云桥开放平台',
      callbackToken: 'kP7sWm2RxB9tLq4e',
      callbackAesKey: 'mR4tXb7QkL2vWp9YcN5sHz8uJdE1fGaT6iVoKxMqB3w',
    },
    {
      appid: 'wxb81f5e2c47d06a93',
      secret: 'e2b7c40d91f63a5878d1f0a4c9e35b62',
      name: '蓝湾营销云',
      callbackToken: 'zN3vTq8LwK5xRb2e',
      callbackAesKey: 'tW9pLc3VxN6kRb1YmQ4sHz7uJdE8fGaZ2iToKvXqM5y',
    },
  ],
} satisfies Partial<Scene>
