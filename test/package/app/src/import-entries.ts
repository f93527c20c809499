/** Imports the modules named on the command line; prints what each exports. */
for (const name of process.argv.slice(2)) {
  const exported = Object.keys((await import(name)) as object);
  console.log(JSON.stringify({ name, exported }));
}
