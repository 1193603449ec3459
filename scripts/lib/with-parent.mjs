// Loaded into the programs that `processes.mjs` starts: when the command that started them is gone,
// even by kill -9, they end in good order.
process.on('disconnect', () => process.kill(process.pid, 'SIGTERM'))
process.channel?.unref()
