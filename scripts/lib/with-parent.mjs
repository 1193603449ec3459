// Loaded into the programs that `processes.mjs` starts. They end in good order when the command
// that started them is gone, even by kill -9.
process.on('disconnect', () => process.kill(process.pid, 'SIGTERM'))
process.channel?.unref()
