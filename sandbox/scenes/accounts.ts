import type { Scene } from './scene.ts'

/** The same in every scene, so that a server keeps its credentials when the scene changes. */
export const accounts = {
  corp: { id: 'ww7c1d4e0fa2b95836', name: '上海澜川压缩机有限公司' },
  apps: [
    {
      agentId: '1000002',
      name: '客户助手',
      mode: 'own',
      secret: 'q8Rk2mVxT5wLz0YdN3sHb7uJcE1fPaG6iXoKtQvW9yA',
      suiteId: null,
      home: '/sidebar/',
      callbackToken: 'nT4bQx9LkV2sRw7e',
      callbackAesKey: 'vK3xQ8mZt1LpR6wYcN0aHs5uJdE9fBgT2iXoVkMqW7y',
    },
  ],
  provider: {
    corpId: 'ww51f0b3d86ec7a924',
    secret: 'Zt6pXw3LqB9vRk1YmN8sHd4uJcE7fTaG2iVoKxQbW5yM0rUgPzL',
    name: '云桥软件服务商',
    suites: [
      { id: 'dk3f8a61c9e2b7d054', secret: 'hV7kXq2RtB5wLm9YdN1sGc6uJfE3pTaZ8iWoKxQvM4y', kind: 'customized', name: '客户助手（代开发）' },
      { id: 'ww6d94e1f7a2c83b05', secret: 'cR4nXw8LkB1vTq6YmD3sHg9uJpE5fZaV7iGoKtQxN2y', kind: 'thirdparty', name: '客户助手（第三方）' },
    ],
  },
  miniprogram: { appid: 'wx5e1f8c27d90b643a', secret: '4f9b1c7e2d8a4356b0e9f1a27c63d5e8', name: '澜川服务', home: 'pages/home/index.html' },
  officialAccount: { appid: 'wx90c3a7f1be2d5486', secret: '8c2d6e1f4a7b49d3a5e0b8f7c1d2e396', name: '澜川压缩机' },
} satisfies Partial<Scene>
