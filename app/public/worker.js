// Starts the app's one binary a second time, as the monitor: the page sends the address of its
// script and the module it has compiled, so nothing is loaded or compiled twice.
self.onmessage = async ({ data: { script, module } }) => {
  self.onmessage = null;
  const { default: init } = await import(script);
  await init({ module_or_path: module });
};
