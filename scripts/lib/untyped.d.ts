// Modules that come without types.
declare module '@dcloudio/vite-plugin-uni/bin/uni.js'
